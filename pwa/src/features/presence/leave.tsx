/** 离岗: one sheet with everything already chosen, so that leaving is two taps (AWY-01, AWY-02, AWY-06). */
import { useEffect, useRef, useState } from "preact/hooks";
import { DraftNotice, go, SubmitBar, useAmended, useDraft } from "../../app/feature";
import { clock, t, tc } from "../../i18n";
import { Chips, DateTimeWheel, Notice, Sheet, TextArea, TextField, type Preset } from "../../ui";
import { postNames, unitName } from "../hall/names";
import { MINUTE_MS, minutesMs, rule } from "../hall/rules";
import { isShort, isUnlikely } from "./bounds";
import { emptiesOffice, isLastOfOffice, leaveLink, unfit } from "./cover";
import { announceOf, EMPTY, formOf, keepContact, knownContact, type Form } from "./leave-form";
import { candidatesFor, coversOf, defaultPreset, leaveHint, needsDestination, proposedStandIn, returnPresets, type ReturnPreset } from "./model";
import { phaseOf, type Reason } from "./notice";
import type { Presence } from "./rows";
import { StandInField } from "./stand-in";
import { presetWord, REASONS, reasonWord } from "./words";

interface LeaveProps {
  presence: Presence;
  /** The posts left. */
  posts: readonly string[];
  /** Set when the whole unit leaves (AWY-02). */
  unit?: string | undefined;
  onClose: () => void;
}

export function LeaveSheet({ presence, posts, unit, onClose }: LeaveProps) {
  const { sync, rows, hall, now, uid } = presence;
  const amended = useAmended("away.announce");
  const initial = amended && (amended.a.unit ?? undefined) === unit ? formOf(amended.a) : EMPTY;
  const draft = useDraft<Form>(unit ? `away:${unit}` : "away", initial, unit ? t("全室离岗") : t("离岗"));
  const form = draft.value;
  const person = (unit && presence.units.get(unit)?.body.head) || uid;
  // Said in another tab meanwhile: to say it here, too, would make two notices of it.
  const said = [...presence.notices.values()].find((one) => one.person === person && one.whole_unit === (unit !== undefined) && phaseOf(one, now, hall) !== "ended")?.rid;
  const before = useRef(said);
  useEffect(() => {
    if (said && said !== before.current) onClose();
  }, [said]);
  const [known, setKnown] = useState("");
  useEffect(() => void knownContact(sync).then(setKnown), [sync]);
  const contact = form.contact ?? known;
  const leaves_at = form.leaves_at ?? now;
  const presets = returnPresets(hall, leaves_at);
  const back = form.back ?? defaultPreset(form.reason, presets);
  const back_at = back === "custom" ? form.back_at : (presets.find((one) => one.id === back)?.at ?? null);
  const candidates = unit ? [] : candidatesFor(rows, posts, uid, now);
  const stand_in = form.stand_in ?? proposedStandIn(candidates)?.uid ?? "";
  const late = back_at !== null && back_at <= leaves_at;
  const nowhere = needsDestination(form.reason) && form.destination.trim() === "";
  // What this phone knows against leaving now: said before it is saved, and asked of the head after (AWY-12, AWY-03, AB-05).
  const until = back_at ?? leaves_at;
  const own_unit = presence.me?.unit ?? "";
  const last = unit === undefined && isLastOfOffice(rows, own_unit, Boolean(presence.units.get(own_unit)?.body.contact_post), uid, leaves_at, until, now);
  const against = stand_in ? unfit(rows, stand_in, leaves_at, until, now) : null;
  const empties = back_at !== null && emptiesOffice(presence, unit, leaves_at, back_at);
  const uncalled = unit !== undefined && contact.trim() === "";
  const missing = empties ? t("办公室联络岗在工作时间不得全室离岗。") : back_at === null ? t("请选择预计返回时间。") : late ? t("预计返回时间要晚于离岗时间。") : isUnlikely(hall, form.reason, leaves_at, back_at, now) ? t("时间太早、太晚或太长，请核对。") : nowhere ? t("公务离岗请写明去向。") : uncalled ? t("全室离岗请留联系方式。") : null;

  const submit = async () => {
    if (back_at === null) return undefined;
    const a = announceOf(form, { posts: [...posts], person, back_at, unit, stand_in, contact }, sync.now());
    const receipt = await sync.save("away.announce", a, { ...draft.record });
    await Promise.all([draft.done(), keepContact(sync, form)]);
    onClose();
    return receipt;
  };

  return (
    <Sheet
      open
      title={unit ? t("全室离岗：{unit}", { unit: unitName(presence.units, unit) }) : posts.length > 0 ? t("离岗：{posts}", { posts: postNames(rows.posts, posts) }) : t("离岗")}
      onClose={onClose}
      foot={<SubmitBar onSubmit={submit} disabled={missing !== null} note={missing ?? t("提交后可以延长、取消或返岗。")} />}
    >
      <DraftNotice draft={draft} />
      {rows.emergencies.size > 0 && <Notice tone="bad" title={t("突发事件处置中，离岗须负责人同意；同意前请留在岗位。")} />}
      {last && <Notice tone="bad" title={t("办公室没有其他人在，离岗须负责人同意。")} />}
      <Chips<Reason | "private">
        label={t("去向类别")}
        options={[...REASONS.map((value) => ({ value, label: reasonWord(value) })), { value: "private", label: t("因私"), sub: tc("假", "请假") }]}
        value={form.reason}
        onChange={(reason) => (reason === "private" ? go(leaveLink(leaves_at, back_at)) : draft.set({ reason }))}
      />
      <LeaveHint reason={form.reason} span_ms={(back_at ?? leaves_at) - leaves_at} presence={presence} />
      {needsDestination(form.reason) && <Destination value={form.destination} onChange={(destination) => draft.set({ destination })} />}
      <Chips<ReturnPreset | "custom">
        label={t("预计返回")}
        options={[...presets.map(({ id, at }) => ({ value: id, label: presetWord(id), sub: clock(at) })), { value: "custom", label: t("其他时间") }]}
        value={back}
        onChange={(choice) => draft.set({ back: choice, back_at: choice === "custom" ? (form.back_at ?? back_at) : form.back_at })}
      />
      {back === "custom" && <DateTimeWheel label={t("预计返回时间")} value={form.back_at} min={leaves_at} onChange={(at) => draft.set({ back_at: at })} />}
      {unit && <Contact value={contact} onChange={(contact) => draft.set({ contact })} />}
      {!unit && <StandInField presence={presence} candidates={candidates} value={stand_in} onChange={(value) => draft.set({ stand_in: value })} />}
      {!unit && form.contact === null && known && <small>{t("联系方式 {contact} 会一并告知，可在下面修改。", { contact: known })}</small>}
      {against && (
        <Notice tone="warn" title={against === "leave" ? t("顶岗人这段时间请假，请换人；仍提交的，负责人会马上收到。") : t("顶岗人这段时间离岗，请换人；仍提交的，负责人会马上收到。")} />
      )}
      {coversOf(rows.covers, uid, now).length > 0 && !unit && (
        <Notice tone="warn" title={t("您正在为别人顶岗，离岗前请先交回或另行安排。")} />
      )}
      <More form={form} contact={contact} set={draft.set} now={now} whole={unit !== undefined} />
    </Sheet>
  );
}

/** AWY-05 in words; the leave request itself is another form. */
function LeaveHint({ reason, span_ms, presence }: { reason: Reason; span_ms: number; presence: Presence }) {
  if (isShort(presence.hall, reason, span_ms)) return <Notice title={t("暂离不到 {n} 分钟不必告示。", { n: rule(presence.hall, "awy.short_min") })} />;
  const hint = leaveHint(reason, span_ms, minutesMs(presence.hall, "awy.consent_min"));
  if (hint === "off_today") return <Notice tone="warn" title={t("全天不在岗须已批准请假或公务安排。因私未请假的，请先请假。")} />;
  if (hint === "errand") return <Notice title={t("外出办事限于公务。因私外出请先请假。")} />;
  if (hint === "consent") return <Notice title={t("暂离超过 {n} 分钟须经负责人同意，请先说明。", { n: rule(presence.hall, "awy.consent_min") })} />;
  return null;
}

/** Where to: the usual answers as one tap. */
function Destination({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const usual = [t("大厅会议室"), t("本单位机关"), t("上级单位"), t("企业现场")];
  return (
    <>
      <TextField label={t("去向")} value={value} onChange={onChange} required max={60} />
      <Chips label={t("常用去向")} hideLabel options={usual.map((one) => ({ value: one, label: one }))} value={usual.includes(value) ? value : null} onChange={onChange} />
    </>
  );
}

function Contact({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return <TextField label={t("联系方式")} type="tel" inputMode="tel" value={value} onChange={onChange} hint={t("不对外公示。")} max={40} />;
}

/** Everything that is not needed in a hurry, folded away. */
function More({ form, contact, set, now, whole }: { form: Form; contact: string; set: (patch: Partial<Form>) => void; now: number; whole: boolean }) {
  const starts: Preset[] = [
    { label: t("现在"), at: now },
    { label: t("10 分钟后"), at: now + 10 * MINUTE_MS },
    { label: t("30 分钟后"), at: now + 30 * MINUTE_MS },
    { label: t("10 分钟前已离开"), at: now - 10 * MINUTE_MS },
  ];
  return (
    <details class="fold">
      <summary>{t("离岗时间、事由、联系方式、衔接事项")}</summary>
      <DateTimeWheel
        label={t("离岗时间")}
        presets={starts}
        value={form.leaves_at ?? now}
        onChange={(at) => set({ leaves_at: at === now ? null : at })}
        hint={form.leaves_at !== null && Math.round((form.leaves_at - now) / MINUTE_MS) < 0 ? t("离开之后才登记的，作为补告示，由负责人判定。") : undefined}
      />
      <TextField label={t("事由")} value={form.text} onChange={(text) => set({ text })} hint={t("只有顶岗人、负责人和办公室看得到；请勿写病情等隐私。")} />
      {!whole && <Contact value={contact} onChange={(typed) => set({ contact: typed })} />}
      <TextArea label={t("衔接事项")} value={form.handed} onChange={(handed) => set({ handed })} hint={t("每行一项，顶岗人会看到。")} />
      <TextField label={t("纸质单号")} hint={t("停电断网时先写在纸上的，补录时填写。")} value={form.paper ?? ""} onChange={(paper) => set({ paper })} max={40} />
    </details>
  );
}
