/** What the person's own device shows of a presence op before the server has answered: the twin of server/domain/presence/handlers.py. */
import { dayOf } from "../../i18n";
import type { Change, Effects, ReadRows } from "../../sync/api";
import type { AwayOffice, Cover } from "../../sync/types.gen";

const LATE_TOLERANCE_MS = 120_000;

/** The notice with `patch` laid over it; nothing when this device may not see all of it. */
function patchNotice(rows: ReadRows, rid: string, patch: Partial<AwayOffice>): Change[] {
  const office = rows.get("away.office", rid);
  return office ? [{ kind: "away.office", rid, body: { ...office, ...patch } }] : [];
}

/** `rid` and every earlier notice of the same person that nobody ended, ended: who is back is back from all of them. */
function endNotices(rows: ReadRows, rid: string, at: number): Change[] {
  const notice = rows.get("away.office", rid);
  if (!notice) return [];
  const older = [...rows.all("away.office")].filter(
    ([id, other]) => id !== rid && other.person === notice.person && other.whole_unit === notice.whole_unit && isOpen(other) && other.leaves_at <= at,
  );
  const ended: [string, AwayOffice][] = [[rid, notice], ...older];
  return [
    ...ended.map(([id, body]): Change => ({ kind: "away.office", rid: id, body: { ...body, state: "returned", returned_at: at } })),
    ...ended.flatMap(([id, body]) => endCovers(rows, id, body, at)),
  ];
}

const isOpen = (notice: Pick<AwayOffice, "state">) => notice.state === "active" || notice.state === "overdue";

/** A is back at `at`: whoever stood in at the posts of the notice is relieved (AB-06). */
function endCovers(rows: ReadRows, rid: string, notice: AwayOffice | undefined, at: number): Change[] {
  return [...rows.all("cover")]
    .filter(([, cover]) => notice?.posts.includes(cover.post) && (cover.for_person === notice.person || cover.notice === rid))
    .filter(([, cover]) => cover.from_at < at && (cover.until_at ?? Infinity) > at)
    .map(([id, cover]): Change => ({ kind: "cover", rid: id, body: { ...cover, until_at: at } }));
}

/** One of a unit that is away is back, the others stay away (AWY-02); null where the word of `uid` is that of the whole absence. */
function backAlone(rows: ReadRows, rid: string, uid: string, at: number): Change[] | null {
  const office = rows.get("away.office", rid);
  const notice = office ?? rows.get("away.unit", rid);
  const roles = rows.get("me", uid)?.roles ?? [];
  if (!notice?.whole_unit || notice.person === uid || roles.includes("OFF") || roles.includes("HEAD")) return null;
  const back_alone = [...(notice.back_alone ?? []).filter((one) => one !== uid), uid];
  const faces: Change[] = [];
  if (office) faces.push({ kind: "away.office", rid, body: { ...office, back_alone } });
  const unit = rows.get("away.unit", rid);
  if (unit) faces.push({ kind: "away.unit", rid, body: { ...unit, back_alone } });
  const own = [...rows.all("away.office")].find(([, one]) => one.person === uid && isOpen(one) && one.leaves_at <= at);
  return own ? [...faces, ...endNotices(rows, own[0], at)] : faces;
}

export const effects: Effects = {
  "away.announce": ({ rid, a, at }, rows) => {
    const body: AwayOffice = {
      person: a.person,
      unit: a.unit ?? rows.get("person", a.person)?.unit ?? "",
      whole_unit: (a.unit ?? null) !== null,
      posts: a.posts,
      reason: a.reason,
      text: a.text ?? "",
      destination: a.destination ?? "",
      contact: a.contact ?? "",
      leaves_at: a.leaves_at,
      back_at: a.back_at,
      announced_at: at,
      received_at: at,
      // Unproven until the server has judged the clock.
      grade: "C",
      state: "active",
      cover: a.stand_in ? "told" : "none",
      late: a.leaves_at < at - LATE_TOLERANCE_MS,
      stand_in: a.stand_in ?? null,
      handed: a.handed ?? [],
      paper: a.paper ?? "",
    };
    return [{ kind: "away.office", rid, body }];
  },

  "away.extend": ({ rid, a }, rows) => patchNotice(rows, rid, { back_at: a.back_at, state: "active" }),

  "away.return": ({ rid, a: { back_at: at }, uid }, rows) => {
    const notice = rows.get("away.office", rid);
    const went = (notice?.leaves_at ?? 0) <= at;
    // Who is back from an absence of his own is back while his unit stays away.
    const whole = went && notice?.person === uid && [...rows.all("away.unit")].find(([, one]) => one.whole_unit && isOpen(one) && one.leaves_at <= at);
    return backAlone(rows, whole ? whole[0] : rid, uid, at) ?? (went ? endNotices(rows, rid, at) : patchNotice(rows, rid, { state: "cancelled" }));
  },

  "away.cancel": ({ rid, at }, rows) => {
    const notice = rows.get("away.office", rid);
    const before = at <= (notice?.leaves_at ?? 0) + LATE_TOLERANCE_MS;
    return [...patchNotice(rows, rid, before ? { state: "cancelled" } : { state: "returned", returned_at: at }), ...endCovers(rows, rid, notice, at)];
  },

  // Whether the promise is in force already is told by the clock, not by the answer.
  "away.answer": ({ rid, a }, rows) => patchNotice(rows, rid, { cover: a.accept ? "accepted" : "declined", ...(a.text ? { reply_text: a.text } : {}) }),

  "away.close": ({ rid, at }, rows) => [...patchNotice(rows, rid, { state: "closed" }), ...endCovers(rows, rid, rows.get("away.office", rid), at)],

  "away.judge_late": ({ rid, a }, rows) => patchNotice(rows, rid, { late_accepted: a.accept, late_text: a.text }),

  "cover.step_up": ({ rid, a, uid }, rows) => {
    const notice = a.notice ? rows.get("away.office", a.notice) : undefined;
    const duty = rows.get("duty", `${dayOf(a.at)}:${a.post}`);
    const body: Cover = { post: a.post, person: uid, for_person: notice?.person ?? duty?.a ?? "", from_at: a.at, notice: a.notice ?? null, until_at: null };
    const told = a.notice && notice?.stand_in === uid ? patchNotice(rows, a.notice, { cover: "in_force" }) : [];
    return [{ kind: "cover", rid, body }, ...told];
  },

  "cover.hand_back": ({ rid, a }, rows) => {
    const cover = rows.get("cover", rid);
    if (!cover) return [];
    const notice = cover.notice ? rows.get("away.office", cover.notice) : undefined;
    // The stand-in named in a notice that still runs has given the post back: whoever is away has nobody any more (AB-06).
    const told = cover.notice && notice?.stand_in === cover.person && isOpen(notice) ? patchNotice(rows, cover.notice, { cover: "declined" }) : [];
    return [{ kind: "cover", rid, body: { ...cover, until_at: Math.min(cover.until_at ?? Infinity, a.at) } }, ...told];
  },
};
