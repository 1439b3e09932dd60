/** 移交: another check lead takes a plan over with all that belongs to it; one nobody leads any more waits for somebody (CHK-05). */
import { useState } from "preact/hooks";
import { t, tc, when } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Plan } from "../../sync/types.gen";
import { Button, Buttons, Cell, Confirm, List, Notice, Section, Select, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { personName } from "../hall/names";

/** A check lead by name; one who leads no more, as the hall knows him. */
const leadName = (sync: Sync, uid: string): string => sync.rows("check.lead").value.get(uid)?.body.name ?? personName(sync.rows("person").value, uid);

export function HandOver({ sync, rid, view }: { sync: Sync; rid: string; view: View<Plan> }) {
  const [open, setOpen] = useState(false);
  const { lead, handed = [] } = view.body;
  const heirs = [...sync.rows("check.lead").value.keys()].filter((uid) => uid !== lead).sort();
  if (heirs.length === 0 && handed.length === 0) return null;
  const waits = lead === "";
  return (
    <Section title={tc("role", "检查牵头人")} aside={waits ? t("空缺") : leadName(sync, lead)}>
      {!waits && lead !== sync.uid && <Notice tone="warn" title={t("方案自动公布以后还有结果没有公布，其他牵头人可以接手。")} />}
      {waits && <Notice tone="warn" title={t("原牵头人已不再牵头检查，方案等待接手。")}>{t("任务照常进行；接手以前，记录只有检查人员本人看得到。")}</Notice>}
      {handed.length > 0 && (
        <List label={t("移交经过")}>
          {handed.map((one, at) => (
            <Cell
              key={at}
              title={one.to ? t("{from}移交给{to}", { from: leadName(sync, one.of), to: leadName(sync, one.to) }) : t("{name} 不再牵头检查", { name: leadName(sync, one.of) })}
              sub={[one.by && one.by !== one.of ? t("经办 {name}", { name: leadName(sync, one.by) }) : "", one.text, when(one.at, sync.now())].filter(Boolean).join("\u00a0· ")}
            />
          ))}
        </List>
      )}
      {heirs.length > 0 && (
        <Buttons>
          <Button disabled={view.pending} onPress={() => setOpen(true)}>
            {lead === sync.uid ? t("移交给其他牵头人") : t("接手或指定牵头人")}
          </Button>
        </Buttons>
      )}
      {open && <Hand sync={sync} rid={rid} view={view} heirs={heirs} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function Hand({ sync, rid, view, heirs, onClose }: { sync: Sync; rid: string; view: View<Plan>; heirs: readonly string[]; onClose: () => void }) {
  const act = useAct();
  const [to, setTo] = useState(heirs.find((uid) => uid === sync.uid) ?? heirs[0] ?? "");
  const [text, setText] = useState("");
  const hand = async () => {
    await act(() => sync.save("plan.hand_over", { to, text: text.trim() }, { rid, guard: { [rid]: view.ver } }));
    onClose();
  };
  return (
    <Confirm open title={t("移交这个检查方案？")} confirm={t("移交")} disabled={to === "" || text.trim() === ""} onClose={onClose} onConfirm={() => void hand()}>
      <p>{t("方案、任务和全部记录都归新的牵头人；移交以后，原牵头人不再看到。不能移交给受检单位的人。")}</p>
      <Select label={t("新的牵头人")} value={to} options={heirs.map((uid) => ({ value: uid, label: leadName(sync, uid) }))} onChange={setTo} />
      <TextArea label={t("理由")} hint={t("只有牵头人看得到。")} required rows={2} max={500} value={text} onChange={setText} />
    </Confirm>
  );
}
