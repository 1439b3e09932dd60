/** Cover of a leave, session by session: who is at which post, and where nobody is (LV-06). */
import { clock, dayWord, t } from "../../i18n";
import type { LeaveSlot } from "../../sync/types.gen";
import { Tag } from "../../ui";
import { personName, postName } from "../hall/names";
import type { LeaveRows, Slot } from "./model";

const SHOWN = 6;

/** The server's slots as the screens show them. */
export const slotsOf = (cover: readonly LeaveSlot[] | undefined): (Omit<Slot, "st"> & { st: LeaveSlot["st"] })[] =>
  (cover ?? []).map((one) => ({ post: one.post, from: one.from_at, to: one.to_at, by: one.stand_in ?? "", st: one.st }));

export function SlotList({ slots, rows, now, empty }: { slots: readonly (Omit<Slot, "st"> & { st: LeaveSlot["st"] })[]; rows: LeaveRows; now: number; empty: string }) {
  if (slots.length === 0) return <span class="muted">{empty}</span>;
  const gaps = slots.filter((slot) => slot.st !== "ok");
  const first = [...gaps, ...slots.filter((slot) => slot.st === "ok")].slice(0, SHOWN).sort((x, y) => x.from - y.from);
  return (
    <div class="lv-sum">
      {first.map((slot) => (
        <Tag key={`${slot.post}${slot.from}`} tone={slot.st === "ok" ? "ok" : "bad"}>
          {t("{day} {from}–{to} {post}：{who}", { day: dayWord(slot.from, now), from: clock(slot.from), to: clock(slot.to), post: postName(rows.posts, slot.post), who: whoWord(slot, rows) })}
        </Tag>
      ))}
      {slots.length > first.length && <small class="muted">{t("共 {n} 个时段，{m} 个无人顶岗", { n: slots.length, m: gaps.length })}</small>}
    </div>
  );
}

function whoWord(slot: Omit<Slot, "st"> & { st: LeaveSlot["st"] }, rows: LeaveRows): string {
  const name = personName(rows.people, slot.by);
  if (slot.st === "ok") return t("{name} 顶岗", { name });
  if (slot.st === "none") return t("无人顶岗");
  return slot.st === "on_leave" ? t("{name} 同时请假", { name }) : t("{name} 另有岗位", { name });
}

