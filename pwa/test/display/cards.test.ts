/** Which cards stand beside the windows (DSP-01): dated, the newest of a kind, nobody's name on a board that is too old (CON-41). */
import { expect, test } from "vitest";
import { cardsOf, percent, standing, type Kind } from "../../src/display/cards";
import type { BoardPublic } from "../../src/sync/types.gen";

const said = (kind: Kind, at: number, more: Partial<BoardPublic> = {}): BoardPublic => ({ kind, first: "2026-11-01", until: "2026-11-30", at, ...more });
const ids = (items: readonly BoardPublic[], coded = false) => cardsOf(items, coded).map(({ id, said: own }) => (own ? `${id}!` : id));

test("an item stands from its first day to its last, the newest first", () => {
  const items = [said("notice", 1), said("notice", 2, { until: "2026-11-22" }), said("notice", 3, { first: "2026-11-24" }), said("notice", 4)];
  expect(standing(items, "2026-11-23", true).map(({ at }) => at)).toEqual([4, 1]);
  expect(standing(items, "2026-11-22", true).map(({ at }) => at)).toEqual([4, 2, 1]);
});

test("of duty leader, contact and totals the newest alone stands", () => {
  const items = (["leader", "channel", "figures", "promise"] as const).flatMap((kind) => [said(kind, 1), said(kind, 2)]);
  expect(standing(items, "2026-11-23", true).map(({ kind, at }) => `${kind} ${at}`)).toEqual(["leader 2", "channel 2", "figures 2", "promise 2", "promise 1"]);
});

test("a board that is too old names nobody", () => {
  expect(standing([said("leader", 1), said("notice", 1)], "2026-11-23", false).map(({ kind }) => kind)).toEqual(["notice"]);
});

test("a hall that has said nothing shows hours, promises and its telephone; its own words take their place", () => {
  expect(ids([])).toEqual(["hours", "promise", "channel"]);
  expect(ids([], true)).toEqual(["hours", "promise", "channel", "codes"]);
  const all = (["result", "term", "basis", "procedure", "figures", "channel", "promise", "leader", "notice"] as const).map((kind) => said(kind, 1));
  expect(ids(all)).toEqual(["hours", "notice!", "leader!", "promise!", "channel!", "figures!", "procedure!", "basis!", "term!", "result!"]);
});

test("a share is never rounded up", () => {
  expect(percent({ part: 1999, whole: 2000 })).toBe("99.9%");
  expect(percent({ part: 400, whole: 400 })).toBe("100.0%");
});
