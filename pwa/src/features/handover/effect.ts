/** What the person's own device shows of a handover op before the server has answered: the twin of server/domain/handover/handlers.py.
 *
 * 离岗 ops the first paint does not need are shown from here, to keep the first load small.
 */
import type { Change, Effects, ReadRows } from "../../sync/api";
import type { AwayOffice, AwayTold, HandoverItem, HandoverRow } from "../../sync/types.gen";

function patch(rows: ReadRows, rid: string, change: (sheet: HandoverRow) => Partial<HandoverRow>): Change[] {
  const sheet = rows.get("handover", rid);
  return sheet ? [{ kind: "handover", rid, body: { ...sheet, ...change(sheet) } }] : [];
}

const openOf = (items: readonly HandoverItem[]) => items.flatMap((item, n) => (item.state === "done" ? [] : [n]));

function patchNotice(rows: ReadRows, rid: string, change: Partial<AwayOffice>): Change[] {
  const notice = rows.get("away.office", rid);
  return notice ? [{ kind: "away.office", rid, body: { ...notice, ...change } }] : [];
}

function patchTold(rows: ReadRows, rid: string, change: Partial<AwayTold>): Change[] {
  return [{ kind: "away.told", rid, body: { ...rows.get("away.told", rid), ...change } }];
}

export const effects: Effects = {
  "handover.prepare": ({ rid, a, at, uid }, rows) => {
    const body: HandoverRow = {
      post: a.post,
      unit: rows.get("post", a.post)?.unit ?? "",
      a: a.person,
      b: a.to,
      from_at: a.from_at,
      to_at: a.to_at,
      reason: a.reason,
      items: a.items,
      state: "prepared",
      planned: false,
      made_at: at,
      // Unproven until the server has judged the clock.
      grade: "C",
      by: uid,
      keys: a.keys ?? [],
      notes: a.notes ?? "",
      why: a.why ?? "",
      paper: a.paper ?? "",
      notice: a.notice ?? "",
      leave: a.leave ?? "",
      open_items: openOf(a.items),
    };
    return [{ kind: "handover", rid, body }];
  },
  "handover.received": ({ rid, at }, rows) => patch(rows, rid, (sheet) => ({ delivered_at: at, state: sheet.state === "prepared" ? "delivered" : sheet.state })),
  "handover.answer": ({ rid, a, at }, rows) =>
    patch(rows, rid, (sheet) =>
      a.accept
        ? { state: at >= sheet.from_at ? "in_force" : "accepted", accepted_at: at, declined_text: "" }
        : { state: "declined", accepted_at: null, declined_text: a.text ?? "" },
    ),
  "handover.assign": ({ rid, a }, rows) =>
    patch(rows, rid, () => ({ b: a.to, state: "prepared", trouble: "", delivered_at: null, accepted_at: null, declined_text: "" })),
  "handover.item": ({ rid, a }, rows) =>
    patch(rows, rid, (sheet) => {
      const items = sheet.items.map((item, n) => (n === a.item ? { ...item, state: a.state, ...(a.text ? { note: a.text } : {}) } : item));
      return { items, open_items: openOf(items) };
    }),
  "handover.back": ({ rid, a }, rows) => patch(rows, rid, () => ({ state: "handed_back", back_at: a.at, report: a.report ?? "" })),
  "handover.close": ({ rid }, rows) => patch(rows, rid, () => ({ state: "closed" })),
  "handover.withdraw": ({ rid }, rows) => patch(rows, rid, () => ({ state: "withdrawn" })),

  "away.received": ({ rid, at, uid }, rows) => {
    const notice = rows.get("away.office", rid);
    const own = notice?.person === uid && rows.get("away.told", rid)?.ended_by;
    return patchTold(rows, rid, own ? { ended_told_at: at } : notice?.stand_in === uid ? { told_at: at } : { office_told_at: at });
  },
  "away.assign": ({ rid, a }, rows) => [
    ...patchNotice(rows, rid, { stand_in: a.stand_in, cover: "told", reply_text: "" }),
    ...patchTold(rows, rid, { told_at: null, trouble: "" }),
  ],
  "away.consent": ({ rid, a }, rows) =>
    patchNotice(rows, rid, { consent: a.accept ? "given" : "refused", consent_text: a.text ?? "", ...(a.accept ? { barred: "" } : {}) }),
};
