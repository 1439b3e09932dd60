/** What the inspector's own device shows of a patrol op before the server has answered: the twin of server/domain/patrol/handlers.py. */
import type { Change, Effects, ReadRows } from "../../sync/api";
import type { Observation, Round } from "../../sync/types.gen";
import { MINUTE_MS, vacancyMin } from "../hall/rules";
import { isEmpty } from "./seen";

function patchRound(rows: ReadRows, rid: string, patch: (round: Round) => Partial<Round>): Change[] {
  const round = rows.get("round", rid);
  return round ? [{ kind: "round", rid, body: { ...round, ...patch(round) } }] : [];
}

/** When an empty post seen at `at` is to be looked at again (EVD-08). */
function dueAt(rows: ReadRows, at: number): number {
  return at + vacancyMin(rows.get("hall", "hall")) * MINUTE_MS;
}

/** The first sighting a recheck is about: it waits no longer. */
function patchFirst(rows: ReadRows, rid: string | null | undefined, recheck_due_at: number | null): Change[] {
  const first = rid ? rows.get("obs", rid) : undefined;
  return rid && first ? [{ kind: "obs", rid, body: { ...first, recheck_due_at } }] : [];
}

export const effects: Effects = {
  "patrol.start": ({ rid, a, uid }) => {
    const body: Round = { slot: a.slot, type: a.type, inspector: uid, started_at: a.at, zones: [], exceptions: 0, state: "running" };
    return [{ kind: "round", rid, body }];
  },

  "patrol.zone_clear": ({ rid, a }, rows) =>
    patchRound(rows, rid, ({ zones }) => ({ zones: [...zones, { zone: a.zone, posts: a.posts, at: a.at }] })),

  "patrol.observe": ({ rid, a, at, uid, blobs }, rows) => {
    const body: Observation = {
      round: a.round,
      post: a.post,
      seen: a.seen,
      at: a.at,
      received_at: at,
      // Unproven until the server has judged the clock.
      grade: "C",
      inspector: uid,
      codes: a.codes ?? [],
      person: a.person ?? null,
      note: a.note ?? "",
      reminded: a.reminded ?? false,
      recheck_of: a.recheck_of ?? null,
      recheck_due_at: isEmpty(a.seen) && !a.recheck_of && !a.waited ? dueAt(rows, a.at) : null,
      blobs: [...blobs],
    };
    return [{ kind: "obs", rid, body }, ...patchFirst(rows, a.recheck_of, null), ...patchRound(rows, a.round, ({ exceptions }) => ({ exceptions: exceptions + 1 }))];
  },

  "patrol.finish": ({ rid, a }, rows) => patchRound(rows, rid, () => ({ state: "done", finished_at: a.at })),

  "patrol.withdraw": ({ rid, a }, rows) => {
    const film = rows.get("video", rid);
    if (film) return [{ kind: "video", rid, body: { ...film, withdrawn: a.text } }];
    const observation = rows.get("obs", rid);
    if (!observation || observation.withdrawn) return [];
    return [
      { kind: "obs", rid, body: { ...observation, withdrawn: a.text, recheck_due_at: null } },
      ...patchRound(rows, observation.round, ({ exceptions }) => ({ exceptions: Math.max(0, exceptions - 1) })),
    ];
  },

  "finding.answer": ({ rid, a, uid }, rows) => {
    const own = rows.get("finding.own", rid);
    const seen = rows.get("finding", rid);
    if (seen?.asked?.includes(uid)) return [{ kind: "finding", rid, body: { ...seen, asked: seen.asked.filter((one) => one !== uid), answers: [...(seen.answers ?? []), a.text] } }];
    if (own) return [{ kind: "finding.own", rid, body: { ...own, answers: [...(own.answers ?? []), a.text] } }];
    const coded = rows.get("coded", rid);
    return coded ? [{ kind: "coded", rid, body: { ...coded, answers: [...(coded.answers ?? []), a.text] } }] : [];
  },
};
