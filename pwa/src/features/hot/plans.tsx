/** 应急预案 (EMG-09): what to do in each kind of incident, in the hand of everybody, without a network too; the office lays it down. */
import { useState } from "preact/hooks";
import { SubmitBar, useMe, type ScreenProps } from "../../app/feature";
import { names, t } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Incident, IncidentPlan } from "../../sync/types.gen";
import { Button, Cell, Empty, List, Section, Sheet, Tag, TextArea } from "../../ui";
import { kindWord } from "../hall/kinds";

type Kind = Incident["kind"];
const KINDS: readonly Kind[] = ["fire", "medical", "security", "dispute", "crowd", "system", "power", "media", "opinion", "other"];
const LAYS_DOWN = ["OFF", "LEAD", "TOP"];

export default function Plans({ sync }: ScreenProps) {
  const me = useMe();
  const [editing, setEditing] = useState<Kind | null>(null);
  const plans = sync.rows("incident.plan").value;
  const known = KINDS.filter((kind) => plans.has(kind));
  const may = LAYS_DOWN.some((role) => me?.roles.includes(role));
  const edited = editing && plans.get(editing);
  if (known.length === 0) return <Empty title={t("还没有应急预案")} icon="urgent">{t("预案由办公室制定，同步后断网也能看。")}</Empty>;
  return (
    <div class="stack">
      {known.map((kind) => {
        const plan = plans.get(kind)?.body;
        return (
          <Section key={kind} title={kindWord(kind)} aside={plan?.by ? "" : <Tag tone="idle">{t("示例")}</Tag>}>
            <List label={kindWord(kind)}>
              {(plan?.steps ?? []).map((step, at) => (
                <Cell key={at} number={String(at + 1)} title={names(step)} />
              ))}
            </List>
            {may && <Button onPress={() => setEditing(kind)}>{t("修改预案")}</Button>}
          </Section>
        );
      })}
      {editing && edited && <EditSheet sync={sync} kind={editing} view={edited} onClose={() => setEditing(null)} />}
    </div>
  );
}

/** One step a line, in the hall's own language: other languages show the same text. */
function EditSheet({ sync, kind, view, onClose }: { sync: Sync; kind: Kind; view: View<IncidentPlan>; onClose: () => void }) {
  const [text, setText] = useState(view.body.steps.map((step) => names(step)).join("\n"));
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const submit = async () => {
    const before = new Map(view.body.steps.map((step) => [names(step), step]));
    const steps = lines.map((line) => before.get(line) ?? { zh_Hans: line });
    const receipt = await sync.save("incident.plan", { steps }, { rid: kind, guard: { [kind]: view.ver } });
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={t("修改预案：{kind}", { kind: kindWord(kind) })} onClose={onClose} foot={<SubmitBar onSubmit={submit} disabled={lines.length === 0} />}>
      <TextArea label={t("步骤")} required rows={8} max={2000} value={text} onChange={setText} hint={t("每行一步，按先后写。")} />
    </Sheet>
  );
}
