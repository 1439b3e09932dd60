/** What posts, people, units and zones are called on screens. People and data names are shown as typed (I18N-04). */
import { names, t } from "../../i18n";
import type { RowKind, View } from "../../sync/api";
import type { Post, RowBody } from "../../sync/types.gen";

/** The live rows of one kind, as `Sync.rows(kind).value` gives them. */
export type Rows<K extends RowKind> = ReadonlyMap<string, View<RowBody[K]>>;

/** "示乙丑", or a dash while the row has not arrived. */
export function personName(people: Rows<"person">, uid: string | null | undefined): string {
  return (uid && people.get(uid)?.body.name) || "—";
}

/** "12号窗口", "3号咨询台", "办公室联络岗". */
export function postTitle(post: Post | undefined): string {
  if (!post) return "—";
  if (post.kind === "consult") return t("{number}号咨询台", { number: post.number });
  if (post.kind === "office") return t("{number}号联络岗", { number: post.number });
  return t("{number}号窗口", { number: post.number });
}

/** `postTitle` of a post id. */
export function postName(posts: Rows<"post">, id: string): string {
  return postTitle(posts.get(id)?.body);
}

/** Several posts in one line: "12号窗口、13号窗口". */
export function postNames(posts: Rows<"post">, ids: readonly string[]): string {
  return ids.map((id) => postName(posts, id)).join(t("、"));
}

export function unitName(units: Rows<"unit">, id: string | undefined): string {
  return (id && names(units.get(id)?.body.names)) || "—";
}

/** What is done at a post: its first services. */
export function serviceNames(post: Post | undefined, most = 2): string {
  return (post?.services ?? []).slice(0, most).map(names).join(t("、"));
}

/** Posts in walking order of the zones, then `order`, then number. */
export function walkingOrder(posts: Rows<"post">, zones: readonly { id: string }[]): string[] {
  const place = new Map(zones.map((zone, index) => [zone.id, index]));
  const zoneOf = (post: Post) => place.get(post.zone) ?? zones.length;
  return [...posts]
    .sort(([, { body: a }], [, { body: b }]) => zoneOf(a) - zoneOf(b) || a.order - b.order || a.number.localeCompare(b.number, "en", { numeric: true }))
    .map(([rid]) => rid);
}
