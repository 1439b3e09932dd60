/** One cell of the week: A, B and second B, for the whole day or by session. Enter goes on to the next field and at the end saves. */
import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { clock, monthDay, t, weekday } from "../../i18n";
import { Button, Buttons, Check, Sheet } from "../../ui";
import { postTitle } from "../hall/names";
import { LUNCH, lunchSpan } from "../hall/hours";
import { lunchSeat, seatAt, sessionCount, sessionsOf, type GridCell, type GridRows, type Seat } from "./grid";
import { PersonPick } from "./pick";
import type { Roster } from "./rows";
import { sessionWord } from "./words";

const FIELDS = ["a", "b", "c"] as const;

interface CellProps {
  roster: Roster;
  rows: GridRows;
  cell: GridCell;
  typed: string;
  onClose: (down: boolean) => void;
}

export function CellSheet({ roster: { sync }, rows, cell, typed, onClose }: CellProps) {
  const count = sessionCount(rows.hall, cell.day);
  const noon = lunchSpan(rows.hall, cell.day);
  const [split, setSplit] = useState(sessionsOf(cell.plan).length > 1);
  const [lunch, setLunch] = useState(noon !== null && lunchSeat(cell.plan).a !== "");
  // A signal: Enter in the last field picks and saves at once, before anything is drawn again.
  const seats = useSignal<Seat[]>([...Array.from({ length: count }, (_, n) => seatAt(cell.plan, n)), lunchSeat(cell.plan)]);
  const [at, setAt] = useState({ n: 0, field: 0 });
  // Lunch duty comes after the sessions.
  const shown = () => seats.value.map((seat, n) => ({ seat, n })).filter(({ n }) => (n === count ? lunch : split || n === 0));
  const parts = shown();
  const post = rows.posts.get(cell.post);
  const isSame = () => shown().some(({ seat: { a, b, c } }) => [a, b, c].filter(Boolean).length > new Set([a, b, c].filter(Boolean)).size);
  const same = isSame();
  const set = (n: number, field: keyof Seat, uid: string) => (seats.value = seats.value.map((seat, i) => (i === n ? { ...seat, [field]: uid } : seat)));
  const withLunch = (on: boolean) => {
    setLunch(on);
    if (on) setAt({ n: count, field: 0 });
  };
  const save = async () => {
    if (isSame()) return;
    const [first, ...rest] = shown();
    const later = rest.filter(({ seat, n }) => n < count || seat.a).map(({ seat, n }) => ({ n: n === count ? LUNCH : n, ...seat }));
    await sync.save("roster.draft", { cells: [{ day: cell.day, post: cell.post, ...first?.seat, later }] });
    onClose(true);
  };
  const done = (n: number, field: number) => {
    // The second B is seldom: Enter in B ends the session.
    if (field === 0) return setAt({ n, field: 1 });
    const next = parts[parts.findIndex((one) => one.n === n) + 1];
    if (next) return setAt({ n: next.n, field: 0 });
    return void save();
  };
  const fields = ({ seat, n }: (typeof parts)[number]) => (
    <fieldset key={n} class="stack seat">
      {split && n < count && <legend>{sessionWord(n, count)}</legend>}
      {FIELDS.slice(0, n < count ? 3 : 2).map((field, place) => (
        <PersonPick
          key={field}
          label={{ a: n < count ? t("A岗") : t("午间值班"), b: t("B岗"), c: t("第二B岗") }[field]}
          people={rows.people}
          unit={post?.unit ?? ""}
          value={seat[field]}
          typed={n === 0 && place === 0 ? typed : ""}
          focus={at.n === n && at.field === place}
          onPick={(uid) => set(n, field, uid)}
          onDone={() => done(n, place)}
        />
      ))}
    </fieldset>
  );
  return (
    <Sheet
      open
      title={t("{post} {day} {weekday}", { post: postTitle(post), day: monthDay(cell.day), weekday: weekday(cell.day) })}
      onClose={() => onClose(false)}
      foot={
        <Buttons>
          <Button onPress={() => onClose(false)}>{t("取消")}</Button>
          <Button tone="main" disabled={same} onPress={() => void save()}>
            {t("存为草稿")}
          </Button>
        </Buttons>
      }
    >
      <div class="stack">
        {parts.filter(({ n }) => n < count).map(fields)}
        {count > 1 && <Check label={t("上午和下午不同")} value={split} onChange={setSplit} />}
        {noon && <Check label={t("有人午间值班（{from}–{to}）", { from: clock(noon.from), to: clock(noon.to) })} value={lunch} onChange={withLunch} />}
        {parts.filter(({ n }) => n === count).map(fields)}
        {same && (
          <p class="bad" role="alert">
            {t("同一人不能同时担任A岗和B岗。")}
          </p>
        )}
      </div>
    </Sheet>
  );
}
