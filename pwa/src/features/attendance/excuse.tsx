/** 统一免计 by the office in one sheet: weather, traffic, a failure; or a standing permission for some (ATT-07). */
import { useState } from "preact/hooks";
import { SubmitBar, useDraft } from "../../app/feature";
import { clock, instant, t, when } from "../../i18n";
import type { ExcuseAll } from "../../sync/types.gen";
import { Button, Cell, Chips, DateTimeWheel, List, MultiChips, Section, Select, Sheet, Tag, TextArea, TextField } from "../../ui";
import { useAct } from "../hall/act";
import { personName, unitName } from "../hall/names";
import { slotsOf } from "./model";
import type { Attendance } from "./rows";
import { causeWord } from "./words";

const CAUSES: readonly ExcuseAll["cause"][] = ["weather", "traffic", "system", "emergency", "event", "granted"];

interface Form {
  cause: ExcuseAll["cause"];
  from_at: number;
  to_at: number;
  units: string[];
  person: string;
  daily_from: string;
  daily_to: string;
  text: string;
}

export function ExcuseSheet({ attendance, onClose }: { attendance: Attendance; onClose: () => void }) {
  const { sync, hall, today, people, units } = attendance;
  const slots = hall ? slotsOf(hall, today) : [];
  const start = slots[0]?.from ?? instant(today, "08:30");
  const draft = useDraft<Form>("att.excuse", { cause: "weather", from_at: start, to_at: start + 3_600_000, units: [], person: "", daily_from: "", daily_to: "", text: "" }, t("统一免计"), { at_once: true });
  const form = draft.value;
  const granted = form.cause === "granted";
  const daily = CLOCK.test(form.daily_from) && CLOCK.test(form.daily_to) && form.daily_from < form.daily_to;
  const half = (form.daily_from !== "" || form.daily_to !== "") && !daily;
  const missing = form.to_at <= form.from_at ? t("结束要晚于开始。") : granted && !form.person ? t("请选择人员。") : half ? t("每日时间请写成 08:30 这样。") : form.text.trim() === "" ? t("请写明依据。") : null;
  const submit = async () => {
    const a: ExcuseAll = { from_at: form.from_at, to_at: form.to_at, cause: form.cause, text: form.text.trim() };
    if (granted) Object.assign(a, { people: [form.person] }, daily ? { daily_from: form.daily_from, daily_to: form.daily_to } : {});
    else if (form.units.length > 0) a.units = form.units;
    const receipt = await sync.save("att.excuse", a, { ...draft.record });
    await draft.done();
    onClose();
    return receipt;
  };
  const staff = [...people].sort(([, a], [, b]) => a.body.badge.localeCompare(b.body.badge, "en", { numeric: true }));
  return (
    <Sheet open title={t("统一免计")} onClose={onClose} foot={<SubmitBar onSubmit={submit} disabled={missing !== null} note={missing ?? t("这段时间的迟到、早退、缺卡不计。")} />}>
      <Chips label={t("原因")} options={CAUSES.map((value) => ({ value, label: causeWord(value) }))} value={form.cause} onChange={(cause) => draft.set({ cause })} />
      <DateTimeWheel label={t("开始")} value={form.from_at} presets={slots.map((slot) => ({ label: t("上班"), at: slot.from }))} onChange={(from_at) => draft.set({ from_at })} />
      <DateTimeWheel label={t("结束")} value={form.to_at} presets={slots.map((slot) => ({ label: t("下班"), at: slot.to }))} onChange={(to_at) => draft.set({ to_at })} />
      {granted ? (
        <>
          <Select label={t("人员")} value={form.person} options={[{ value: "", label: t("请选择") }, ...staff.map(([uid, { body }]) => ({ value: uid, label: `${body.name} ${body.badge}` }))]} onChange={(person) => draft.set({ person })} />
          <TextField label={t("每日自（可不填）")} value={form.daily_from} onChange={(daily_from) => draft.set({ daily_from })} max={5} hint={t("如哺乳时间 08:30 至 09:30；只有办公室看得到事由。")} />
          <TextField label={t("每日至（可不填）")} value={form.daily_to} onChange={(daily_to) => draft.set({ daily_to })} max={5} />
        </>
      ) : (
        <MultiChips label={t("单位（不选为全体）")} options={[...units].map(([value]) => ({ value, label: unitName(units, value) }))} value={form.units} onChange={(value) => draft.set({ units: value })} />
      )}
      <TextArea label={t("依据")} value={form.text} onChange={(text) => draft.set({ text })} required rows={2} max={300} />
    </Sheet>
  );
}

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Excuses that are in force or were lately, with the way to take one back. */
export function ExcuseList({ attendance }: { attendance: Attendance }) {
  const { sync, now, people, units } = attendance;
  const [ending, setEnding] = useState<string | null>(null);
  const [text, setText] = useState("");
  const act = useAct();
  const rows = [...sync.rows("att.excuse").value].sort(([, a], [, b]) => b.body.at - a.body.at).slice(0, 12);
  if (rows.length === 0) return null;
  const end = async () => {
    const receipt = await sync.save("att.end_excuse", { text: text.trim() }, { rid: ending ?? "" });
    setEnding(null);
    setText("");
    return receipt;
  };
  return (
    <Section title={t("统一免计")}>
      <List>
        {rows.map(([rid, { body }]) => (
          <Cell
            key={rid}
            title={
              <>
                <Tag tone={body.ended ? "idle" : "info"}>{body.ended ? t("已取消") : causeWord(body.cause)}</Tag> {t("{from} 至 {to}", { from: when(body.from_at, now), to: body.to_at - body.from_at < DAY_MS ? clock(body.to_at) : when(body.to_at, now) })}
              </>
            }
            sub={[(body.people ?? []).map((uid) => personName(people, uid)).join(t("、")) || (body.units ?? []).map((unit) => unitName(units, unit)).join(t("、")) || t("全体"), body.text].join(t("；"))}
            {...(body.ended ? {} : { onPress: () => setEnding(rid) })}
          />
        ))}
      </List>
      {ending && (
        <Sheet
          open
          title={t("取消统一免计")}
          onClose={() => setEnding(null)}
          foot={
            <Button tone="danger" disabled={text.trim() === ""} onPress={() => void act(end)}>
              {t("取消统一免计")}
            </Button>
          }
        >
          <TextArea label={t("原因")} value={text} onChange={setText} required rows={2} max={300} />
        </Sheet>
      )}
    </Section>
  );
}

const DAY_MS = 24 * 3_600_000;
