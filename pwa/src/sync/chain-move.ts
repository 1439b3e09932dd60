/** Leaving a broken chain behind: the same intents, byte for byte where it matters, at new places of a new chain (PROTOCOL §6). Pure. */
import { nextLink } from "./chain.ts";
import type { Op } from "./store.ts";
import type { Head, OpBody } from "./types.gen.ts";

/** `body` of number `from.seq` of device `from.dev`, as it stands after `head` in the chain of `dev`. It says where it stood first. */
export function resigned(body: string, from: { dev: string; seq: number; link: string }, dev: string, head: Head): string {
  const { dev: _dev, seq: _seq, prev: _prev, ...rest } = JSON.parse(body) as OpBody;
  return JSON.stringify({ dev, seq: head.seq + 1, prev: head.hash, ...rest, orig: rest.orig ?? from });
}

/**
 * The ops of device `old` as the first ones of the chain of `dev`, which begins with `start`. Codes and fates people know stay theirs. `acked`: up
 * to where the rows here contain them; null when the site is another incarnation than the one that said so, and told their fates.
 */
export function moveOps(ops: readonly Op[], old: string, dev: string, start: Head, acked: number | null): Op[] {
  let head = start;
  return ops.map(({ result, was: before, ...op }) => {
    const body = resigned(op.body, { dev: old, seq: op.seq, link: op.link }, dev, head);
    head = { seq: head.seq + 1, hash: nextLink(head.hash, body) };
    const was = acked === null ? undefined : result?.st === "dup" ? before : (result ?? before);
    return { ...op, body, seq: head.seq, link: head.hash, open: 1, ...(was ? { was } : {}), ...(op.seq <= (acked ?? 0) ? { shown: 1 } : {}) };
  });
}
