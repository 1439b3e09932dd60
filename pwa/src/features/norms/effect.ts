/** What a device shows of its own steps before the server has answered. */
import type { Effects } from "../../sync/api";

export const effects: Effects = {
  "norm.checklist": ({ rid, a, uid }) => [{ kind: "checklist", rid, body: { ...a, version: Number(rid.slice(rid.lastIndexOf("-") + 1)), by: uid } }],
  "norm.code": ({ rid, a }) => [{ kind: "code", rid, body: { code: rid.slice(0, rid.indexOf("@")), rule: { ...a.rule, example: false } } }],
  "norm.phrase": ({ rid, a }) => [{ kind: "phrase", rid, body: a }],
  "norm.phrase_end": ({ rid }) => [{ kind: "phrase", rid, body: null }],
  "norm.tags": ({ rid, a }) => [{ kind: "tagset", rid, body: a.tags.length > 0 ? a : null }],
  "norm.handbook": ({ rid, a, uid }) => [{ kind: "handbook", rid, body: { ...a, by: uid } }],
  "norm.read": ({ rid, a, uid }, rows) => {
    const unit = rows.get("me", uid)?.unit ?? "";
    const known = rows.get("handbook.read", `${rid}:${uid}`);
    return known ? [] : [{ kind: "handbook.read", rid: `${rid}:${uid}`, body: { edition: rid, person: uid, unit, at: a.at } }];
  },
};
