/** One cell of the week: A, B and second B, for the whole day or by session. Enter goes on to the next field and at the end saves. */
import { useState } from "preact/hooks";
import { monthDay, t, weekday } from "../../i18n";
import { Button, Buttons, Check, Sheet } from "../../ui";
import { postTitle } from "../hall/names";
import { seatAt, sessionCount, type GridCell, type GridRows, type Seat } from "./grid";
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
  const [split, setSplit] = useState(cell.plan.length > 1);
  const [seats, setSeats] = useState<Seat[]>(Array.from({ length: count }, (_, n) => seatAt(cell.plan, n)));
  const [at, setAt] = useState({ n: 0, field: 0 });
  const shown = split ? seats : seats.slice(0, 1);
  const post = rows.posts.get(cell.post);
  const same = shown.some(({ a, b, c }) => [a, b, c].filter(Boolean).length > new Set([a, b, c].filter(Boolean)).size);
  const set = (n: number, field: keyof Seat, uid: string) => setSeats((now) => now.map((seat, i) => (i === n ? { ...seat, [field]: uid } : seat)));
  const save = async () => {
    if (same) return;
    const [first = { a: "", b: "", c: "" }, ...rest] = shown;
    const later = rest.map((seat, n) => ({ n: n + 1, ...seat }));
    await sync.save("roster.draft", { cells: [{ day: cell.day, post: cell.post, ...first, later }] });
    onClose(true);
  };
  const done = (n: number, field: number) => {
    // The second B is seldom: Enter in B ends the session.
    if (field === 0) return setAt({ n, field: 1 });
    if (n + 1 < shown.length) return setAt({ n: n + 1, field: 0 });
    return void save();
  };
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
        {shown.map((seat, n) => (
          <fieldset key={n} class="stack seat">
            {split && <legend>{sessionWord(n, count)}</legend>}
            {FIELDS.map((field, place) => (
              <PersonPick
                key={field}
                label={{ a: t("A岗"), b: t("B岗"), c: t("第二B岗") }[field]}
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
        ))}
        {same && (
          <p class="bad" role="alert">
            {t("同一人不能同时担任A岗和B岗。")}
          </p>
        )}
        {count > 1 && <Check label={t("上午和下午不同")} value={split} onChange={setSplit} />}
      </div>
    </Sheet>
  );
}
