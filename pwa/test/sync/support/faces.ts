/** The rows of a site and who may see them, as the real one keeps them: latest version only, buckets that are entered and left, sums, snapshots. */
import { bucketSetHash, rowHash } from "../../../src/sync/hash.ts";
import { count, leafOf, moved, NO_ROWS, type Sum, type Sums } from "../../../src/sync/sums.ts";
import type { Leaf, Repair, Row, Snap } from "../../../src/sync/types.gen.ts";

interface Face {
  k: string;
  rid: string;
  v: number;
  d: string | null;
  /** Buckets the row is in, or was in once, with the commit that put it in or took it out. */
  in: Map<string, { pos: number; live: boolean }>;
}

/** A cursor's inside: up to which commit everything is there; up to which one new buckets are filled, and which they are. */
interface At {
  pos: number;
  fill: number;
  of: string;
}

export interface Asked {
  cur: string;
  epoch: string;
  bh: string;
  have: string[] | null;
}

/** A page as the site answers it: everything but what the device's own chain says. */
export interface Answer {
  head: { t: "h"; epoch: string; buckets: string[]; bh: string; reset: boolean; fill: string[]; ask: boolean; snaps: Snap[] };
  rows: Row[];
  to: string;
  more: boolean;
  sums: Sums;
}

export const CHUNK_ROWS = 5;

export class Faces {
  pos = 0;
  /** Rows on one page. */
  page = 1000;
  /** Buckets from this many rows on are offered as snapshots to who starts from nothing. */
  snapshotFrom = Infinity;
  /** What the site is asked to repair, in order. */
  readonly repairs: Repair[] = [];
  /** The next cursor is too old: whoever brings it starts from nothing. */
  tooOld = false;
  private readonly faces = new Map<string, Face>();
  private readonly snapshots = new Map<string, { bucket: string; rows: Row[]; pos: number }>();

  /** Makes `body` what exactly `buckets` see; null takes the row out of all. */
  put(k: string, rid: string, body: object | null, buckets: string[]): void {
    const key = `${k}\n${rid}`;
    const face = this.faces.get(key) ?? { k, rid, v: 0, d: null, in: new Map() };
    this.faces.set(key, face);
    const pos = ++this.pos;
    face.v += 1;
    face.d = body && JSON.stringify(body);
    const now = new Set(body ? buckets : []);
    for (const bucket of new Set([...now, ...face.in.keys()])) {
      if (now.has(bucket) || face.in.get(bucket)!.live) face.in.set(bucket, { pos, live: now.has(bucket) });
    }
  }

  /** What a device in `mine` must have, by kind and rid. */
  visible(mine: string[]): Map<string, string> {
    return new Map(this.changed(mine, 0).flatMap(({ k, rid, d }) => (d === null ? [] : [[`${k}/${rid}`, d]])));
  }

  /** The rows of `mine` that changed after a commit. */
  changed(mine: string[], after: number): Row[] {
    return this.entries(mine, after).map(({ face }) => rowOf(face, mine));
  }

  /** The commit after which nothing changed for `mine`. */
  last(mine: string[]): number {
    return this.entries(mine, 0).at(-1)?.pos ?? 0;
  }

  sums(mine: string[]): Sums {
    const sums: Sums = {};
    for (const row of this.changed(mine, 0)) if (row.d !== null) count(sums, { h: row.h, buckets: row.b }, 1);
    return Object.fromEntries(mine.filter((bucket) => !bucket.startsWith("dev:")).map((bucket) => [bucket, sums[bucket] ?? NO_ROWS]));
  }

  /** One page for a device that may read `mine` (sync/scope.py). */
  answer(mine: string[], epoch: string, asked: Asked): Answer {
    const at = asked.epoch === epoch && asked.cur ? (JSON.parse(atob(asked.cur)) as At) : null;
    const whole = bucketSetHash(mine);
    const head = { t: "h" as const, epoch, buckets: mine, bh: whole, reset: false, fill: [] as string[], ask: false, snaps: [] as Snap[] };
    const strange = at && asked.bh !== whole && asked.have && asked.bh !== bucketSetHash(asked.have);
    if (!at || strange || this.tooOld) {
      this.tooOld = false;
      return this.fresh(mine, epoch, head);
    }
    if (asked.bh === whole) return this.delta(mine, epoch, head, at);
    if (!asked.have) return { head: { ...head, bh: asked.bh, ask: true }, rows: [], to: asked.cur, more: true, sums: {} };
    const lacking = mine.filter((bucket) => !asked.have!.includes(bucket));
    return lacking.length ? this.fill(mine, epoch, head, at, lacking) : this.delta(mine, epoch, head, at);
  }

  private fresh(mine: string[], epoch: string, head: Answer["head"]): Answer {
    const snaps = mine.filter((bucket) => !bucket.startsWith("dev:") && this.changed([bucket], 0).length >= this.snapshotFrom);
    if (!snaps.length) return this.delta(mine, epoch, { ...head, reset: true }, { pos: 0, fill: 0, of: "" });
    const offered = snaps.map((bucket) => this.snap(bucket));
    const pos = Math.min(...offered.map(({ id }) => this.snapshots.get(id)!.pos));
    const nothing = { ...head, reset: true, fill: mine, bh: bucketSetHash([]), snaps: offered };
    return { head: nothing, rows: [], to: token({ pos, fill: 0, of: "" }, epoch), more: true, sums: {} };
  }

  private delta(mine: string[], epoch: string, head: Answer["head"], at: At): Answer {
    const all = this.entries(mine, at.pos);
    const some = all.slice(0, this.page);
    const more = some.length < all.length;
    const to = token({ pos: some.at(-1)?.pos ?? at.pos, fill: 0, of: "" }, epoch);
    return { head, rows: some.map(({ face }) => rowOf(face, mine)), to, more, sums: more ? {} : this.sums(mine) };
  }

  private fill(mine: string[], epoch: string, head: Answer["head"], at: At, lacking: string[]): Answer {
    const of = lacking.join();
    const filled = at.of === of ? at.fill : 0;
    const all = this.entries(lacking, filled).filter(({ pos, face }) => pos <= at.pos && lacking.some((bucket) => face.in.get(bucket)?.live));
    const some = all.slice(0, this.page);
    const more = some.length < all.length;
    const to = more ? { pos: at.pos, fill: some.at(-1)!.pos, of } : { pos: at.pos, fill: 0, of: "" };
    const fill = more ? lacking : [];
    const bh = bucketSetHash(mine.filter((bucket) => !fill.includes(bucket)));
    return { head: { ...head, fill, bh }, rows: some.map(({ face }) => rowOf(face, mine)), to: token(to, epoch), more: true, sums: {} };
  }

  /** The leaves of a bucket that differ from a device's, whole. */
  repair(mine: string[], asked: Repair): { leaf: Leaf; rows: Row[] } {
    this.repairs.push(asked);
    const here = this.changed([asked.bucket], 0).filter((row) => row.d !== null);
    const leaves = new Map<number, Sum>();
    for (const row of here) leaves.set(leafOf(row.k, row.rid), moved(leaves.get(leafOf(row.k, row.rid)) ?? NO_ROWS, row.h, 1));
    const all = new Set([...leaves.keys(), ...Object.keys(asked.leaves).map(Number)]);
    const differing = [...all].filter((leaf) => (leaves.get(leaf) ?? NO_ROWS).join() !== (asked.leaves[leaf] ?? NO_ROWS).join());
    const rows = here.filter((row) => differing.includes(leafOf(row.k, row.rid)));
    const faces = rows.map((row) => rowOf(this.faces.get(`${row.k}\n${row.rid}`)!, mine));
    return { leaf: { t: "l", bucket: asked.bucket, leaves: differing }, rows: faces };
  }

  /** The snapshot of a bucket as it is now. */
  private snap(bucket: string): Snap {
    const rows = this.changed([bucket], 0).filter((row) => row.d !== null);
    const id = `${bucket}@${this.pos}`;
    this.snapshots.set(id, { bucket, rows, pos: this.pos });
    return { bucket, id, n: rows.length, chunks: Math.ceil(rows.length / CHUNK_ROWS), sum: sumOf(rows)[1] };
  }

  /** The lines of a snapshot after a chunk; undefined when there is none of that id. */
  snapshot(id: string, after: number): object[] | undefined {
    const snapshot = this.snapshots.get(id);
    if (!snapshot) return undefined;
    const { bucket, rows } = snapshot;
    const chunks = Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, i) => {
      const [n, sum] = sumOf(rows.slice(0, (i + 1) * CHUNK_ROWS));
      return [...rows.slice(i * CHUNK_ROWS, (i + 1) * CHUNK_ROWS), { t: "k", i: i + 1, n, sum }];
    });
    const [n, sum] = sumOf(rows);
    return [{ t: "s", bucket, n, sum, sv: 1 }, ...chunks.slice(after).flat()];
  }

  private entries(mine: string[], after: number): { face: Face; pos: number }[] {
    const found = [...this.faces.values()].flatMap((face) => {
      const pos = Math.max(0, ...mine.map((bucket) => face.in.get(bucket)?.pos ?? 0));
      return pos > after ? [{ face, pos }] : [];
    });
    return found.sort((a, b) => a.pos - b.pos);
  }
}

function sumOf(rows: readonly Row[]): Sum {
  return rows.reduce<Sum>((sum, row) => moved(sum, row.h, 1), NO_ROWS);
}

function rowOf({ k, rid, v, d, in: buckets }: Face, mine: string[]): Row {
  const b = mine.filter((bucket) => buckets.get(bucket)?.live);
  const body = b.length ? d : null;
  return { t: "r", b, k, rid, v, h: rowHash(k, rid, v, body ?? ""), d: body };
}

function token(at: At, epoch: string): string {
  return btoa(JSON.stringify({ ...at, epoch }));
}

/** The cursor of a device that has everything of `mine` up to a commit. */
export function cursorAt(pos: number, epoch: string): string {
  return token({ pos, fill: 0, of: "" }, epoch);
}

/** The commit a cursor stands at; 0 for none. */
export function posOf(cur: string): number {
  return cur ? (JSON.parse(atob(cur)) as At).pos : 0;
}

export function epochOf(cur: string): string {
  return (JSON.parse(atob(cur)) as { epoch: string }).epoch;
}
