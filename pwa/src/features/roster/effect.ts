/** What the own device shows of an organisation or roster op before the server has answered: the twin of server/domain/roster/. */
import type { Change, Effects, ReadRows } from "../../sync/api";
import type { Duty, DutyDraft, SessionDuty } from "../../sync/types.gen";
import { postedSessions } from "../hall/rules";

const DAY_MS = 86_400_000;
const later = (day: string, days: number) => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
const among = (posts: readonly string[] | undefined, post: string) => !posts?.length || posts.includes(post);

/** Drafts of a span of days. */
function draftsIn(rows: ReadRows, from: string, to: string, posts?: readonly string[]): [string, DutyDraft][] {
  return [...rows.all("duty.draft")].filter(([, draft]) => from <= draft.day && draft.day <= to && among(posts, draft.post));
}

function planned(rows: ReadRows, id: string): SessionDuty[] {
  const draft = rows.get("duty.draft", id);
  if (draft) return [{ n: 0, a: draft.a ?? "", b: draft.b ?? "", c: draft.c ?? "" }, ...(draft.later ?? [])];
  const duty = rows.get("duty", id);
  if (!duty) return [];
  return duty.plan?.length ? duty.plan : [{ n: 0, a: duty.a, b: duty.b ?? "", c: duty.c ?? "" }];
}

function draftOf(day: string, post: string, plan: readonly SessionDuty[], by: string, at: number): Change {
  const [first, ...rest] = plan;
  const body: DutyDraft = { day, post, a: first?.a ?? "", b: first?.b ?? "", c: first?.c ?? "", later: rest, by, at };
  return { kind: "duty.draft", rid: `${day}:${post}`, body };
}

export const effects: Effects = {
  "roster.swap": ({ a, uid, at, id }, rows) => {
    const rid = `${a.day}:${a.post}`;
    const duty = rows.get("duty", rid);
    if (!duty) return [];
    const plan = duty.plan?.length ? duty.plan : [{ n: 0, a: duty.a, b: duty.b ?? "", c: duty.c ?? "" }];
    const second = duty.c ? [duty.c, duty.b ?? "", duty.a].find((one) => one && one !== a.a && one !== a.b) : undefined;
    const body: Duty = { ...duty, a: a.a, b: a.b || null, c: second ?? "", plan, swaps: [...(duty.swaps ?? []), { at, a: a.a, b: a.b, by: uid, op: id }] };
    return [{ kind: "duty", rid, body }];
  },

  "roster.draft": ({ a, uid, at }) =>
    a.cells.map((cell) => draftOf(cell.day, cell.post, [{ n: 0, a: cell.a ?? "", b: cell.b ?? "", c: cell.c ?? "" }, ...(cell.later ?? [])], uid, at)),

  "roster.discard": ({ a }, rows) => draftsIn(rows, a.from_day, a.to_day, a.posts).map(([rid]) => ({ kind: "duty.draft", rid, body: null })),

  "roster.copy": ({ a, uid, at }, rows) => {
    const posts = [...rows.all("post")].map(([rid]) => rid).filter((post) => among(a.posts, post));
    const hall = rows.get("hall", "hall");
    const days = Array.from({ length: a.days ?? 7 }, (_, n) => [later(a.from_day, n), later(a.to_day, n)] as const);
    return days.filter(([, to]) => !hall || postedSessions(hall, to).length > 0).flatMap(([from, to]) =>
      posts.flatMap((post) => {
        const plan = planned(rows, `${from}:${post}`);
        return plan.length > 0 ? [draftOf(to, post, plan, uid, at)] : [];
      }),
    );
  },

  "roster.publish": ({ a }, rows) =>
    draftsIn(rows, a.from_day, a.to_day, a.posts).flatMap(([rid, draft]): Change[] => {
      const plan = planned(rows, rid);
      const body: Duty = { day: draft.day, post: draft.post, a: draft.a ?? "", b: draft.b || null, c: draft.c ?? "", plan: plan.length > 1 ? plan : [] };
      return [
        { kind: "duty.draft", rid, body: null },
        { kind: "duty", rid, body },
      ];
    }),

  "roster.consent": ({ rid, a, uid, at }) => [{ kind: "roster.consent", rid, body: { ...a, by: uid, at } }],

  "org.unit": ({ rid, a }, rows) => [{ kind: "unit", rid, body: { ...rows.get("unit", rid), ...a, head: a.head ?? "", category: a.category ?? "" } }],
  "org.unit_end": ({ rid }) => [{ kind: "unit", rid, body: null }],
  "org.post_end": ({ rid }) => [{ kind: "post", rid, body: null }],
  "org.service": ({ rid, a }) => [{ kind: "service", rid, body: a }],
  "org.service_end": ({ rid }) => [{ kind: "service", rid, body: null }],
  "org.qualify": ({ rid, a }) => [{ kind: "qualification", rid, body: a }],

  "org.post": ({ rid, a }, rows) => {
    const known = rows.get("post", rid);
    const named = (a.services ?? []).map((id) => rows.get("service", id)?.names).filter((one) => one !== undefined);
    const services = named.length > 0 || known?.service_ids?.length ? named : (known?.services ?? []);
    const more = { order: a.order || known?.order || 0, group: a.group ?? "", kind: a.kind ?? "window", required: a.required ?? true };
    return [{ kind: "post", rid, body: { number: a.number, zone: a.zone, unit: a.unit, services, service_ids: a.services ?? [], ...more, sessions: a.sessions ?? [] } }];
  },

  "org.person": ({ rid, a }, rows) => {
    const unit = a.units.at(-1)?.unit ?? "";
    const roles = [...new Set(a.terms.map((term) => term.role))];
    const listed = { name: a.name, badge: a.badge, unit, title: a.title ?? rows.get("person", rid)?.title ?? {}, roles, names: a.names ?? {} };
    const { name: _name, badge: _badge, title: _title, names: _names, ...file } = a;
    return [
      { kind: "person", rid, body: listed },
      { kind: "person.file", rid, body: file },
    ];
  },
};
