/** 预案 of an incident (EMG-09): its steps; a tap on one writes it down as done, with name and time. */
import { useSync } from "../../app/feature";
import { names, t } from "../../i18n";
import type { Incident } from "../../sync/types.gen";
import { Cell, List, Section, Tag } from "../../ui";
import { useAct } from "../hall/act";

export function PlanPart({ rid, incident, may }: { rid: string; incident: Incident; may: boolean }) {
  const sync = useSync();
  const act = useAct();
  const steps = sync.rows("incident.plan").value.get(incident.kind)?.body.steps ?? [];
  if (steps.length === 0 || incident.state === "closed") return null;
  const done = new Set((incident.log ?? []).map((one) => one.text));
  const write = (text: string) => void act(() => sync.save("incident.note", { step: "action", at: sync.now(), text }, { rid }));
  return (
    <Section title={t("应急预案")}>
      <List label={t("应急预案")}>
        {steps.map((step, at) => {
          const text = names(step);
          return <Cell key={at} number={String(at + 1)} title={text} value={done.has(text) ? <Tag tone="ok">{t("已做")}</Tag> : ""} {...(may && !done.has(text) ? { onPress: () => write(text) } : {})} />;
        })}
      </List>
      {may && <p class="muted">{t("做了哪一步，点哪一步，记入处理经过。")}</p>}
    </Section>
  );
}
