/** 任务分工: who does what by when, what is done and what is late; reporting works without a network (CAMP-01). */
import { useState } from "preact/hooks";
import { SubmitBar } from "../../app/feature";
import { date, dayOf, t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Campaign } from "../../sync/types.gen";
import { Cell, List, Section, Sheet, Tag, TextArea } from "../../ui";
import { personName } from "../hall/names";
import { dutiesOf, type Planned } from "./model";
import { phaseWord } from "./words";

export function Duties({ sync, rid, campaign, leads }: { sync: Sync; rid: string; campaign: Campaign; leads: boolean }) {
  const [open, setOpen] = useState<string | null>(null);
  const duties = dutiesOf(campaign, dayOf(sync.now()));
  if (duties.length === 0) return null;
  const people = sync.rows("person").value;
  const done = duties.filter((one) => one.done).length;
  const chosen = duties.find(({ duty }) => duty.id === open);
  return (
    <Section title={t("任务分工")} aside={t("已完成 {n} / {m}", { n: done, m: duties.length })}>
      <List>
        {duties.map((one) => (
          <Cell
            key={one.duty.id}
            title={one.duty.text}
            sub={[
              phaseWord(one.phase),
              t("责任人 {name}", { name: one.who.map((uid) => personName(people, uid)).join(t("、")) }),
              t("{day}前", { day: date(one.by_day) }),
              ...(one.done ? [t("{name} {time} 报告完成", { name: personName(people, one.done.by), time: when(one.done.at, sync.now()) })] : []),
              one.done?.text ?? "",
            ]
              .filter(Boolean)
              .join("\u00a0· ")}
            value={<Tag tone={one.done ? "ok" : one.late ? "bad" : "idle"}>{one.done ? t("已完成") : one.late ? t("已逾期") : t("未完成")}</Tag>}
            {...(leads || one.who.includes(sync.uid) ? { onPress: () => setOpen(one.duty.id) } : {})}
          />
        ))}
      </List>
      {chosen && <Report key={chosen.duty.id} sync={sync} rid={rid} planned={chosen} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function Report({ sync, rid, planned, onClose }: { sync: Sync; rid: string; planned: Planned; onClose: () => void }) {
  const [text, setText] = useState("");
  const undo = planned.done !== undefined;
  const words = text.trim();
  const submit = async () => {
    const receipt = await sync.save("camp.duty", { duty: planned.duty.id, ...(undo ? { done: false } : {}), ...(words ? { text: words } : {}) }, { rid });
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={undo ? t("改为未完成") : t("报告任务完成")} onClose={onClose} foot={<SubmitBar verb={undo ? t("改为未完成") : t("报告完成")} disabled={undo && words === ""} onSubmit={submit} />}>
      <p>{planned.duty.text}</p>
      <TextArea label={t("说明")} required={undo} rows={3} max={500} value={text} onChange={setText} hint={undo ? t("写明还差什么。") : t("可以写明怎样做的、材料在哪里。")} />
    </Sheet>
  );
}
