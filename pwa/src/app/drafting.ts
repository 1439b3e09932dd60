/** One form in one tab, and the draft it shares with the same form in every other tab (OFF-02, GEN-06).
 *
 *     opened ──nothing kept──▶ writing ──change──▶ kept at every change ──saved, in whichever tab──▶ gone in all of them
 *        └────a draft found──▶ asking ──restore / discard──▶ writing
 *
 * While it asks, nothing is written: what is kept is neither mixed with the new nor lost to it.
 */
import { signal, type Signal } from "@preact/signals";
import type { Kept, SaveOptions, Sync } from "../sync/api";
import { uuid7 } from "../sync/uuid7";
import { merged } from "./merge";

/** One line of the list of unfinished forms; kept as a draft itself, so that the next start can find them. */
export interface Unfinished {
  key: string;
  /** The address of the screen, query included. */
  path: string;
  title: string;
}
const INDEX = "unfinished";

export class Drafting<T extends object> {
  readonly value: Signal<T>;
  /** A draft of an earlier time, until the person has chosen. */
  readonly found = signal<Kept<T> | null>(null);
  readonly dirty = signal(false);
  /** Another tab has saved the record, or has given the draft up. */
  onGone: () => void = () => undefined;
  private op: string;
  /** The draft as this tab last knew it; null: none. */
  private known: T | null = null;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly sync: Pick<Sync, "draft" | "now">,
    private readonly entry: Unfinished,
    private readonly initial: T,
  ) {
    this.value = signal(initial);
    this.op = this.newOp();
  }

  /** How its record is saved: once, whichever tab does it, and the end of the draft with it. */
  get record(): Pick<SaveOptions, "id" | "draft"> {
    return { id: this.op, draft: this.entry.key };
  }

  /** Looks for a draft, which it takes up `at_once` or asks about, and follows it from now on. Returns how to stop. */
  open(at_once: boolean): () => void {
    const { key } = this.entry;
    void this.then(async () => {
      const kept = await this.sync.draft.load<T>(key);
      if (kept) this.found.value = whole(this.initial, kept);
      if (at_once) this.takeUp();
    });
    return this.sync.draft.watch((changed, own) => {
      if (changed === key && !own) void this.look();
    });
  }

  set(patch: Partial<T>): void {
    this.value.value = { ...this.value.peek(), ...patch };
    this.dirty.value = true;
    void this.then(() => this.keep());
  }

  restore(): void {
    this.takeUp();
    if (this.dirty.value) void this.then(() => this.keep());
  }

  /** `restore`, as soon as it is known whether there is one: the person has chosen already. */
  answer(): void {
    void this.then(async () => this.restore());
  }

  async discard(): Promise<void> {
    this.found.value = null;
    await this.then(() => dropDraft(this.sync, this.entry.key));
    if (this.dirty.value) await this.then(() => this.keep());
  }

  /** The record is saved: the next one is another. */
  async done(): Promise<void> {
    this.begin();
    await this.then(() => dropDraft(this.sync, this.entry.key));
  }

  /** Reads what other tabs have written: one that was frozen may not have been told. */
  look(): Promise<void> {
    return this.then(async () => {
      const kept = await this.sync.draft.load<T>(this.entry.key);
      if (!kept) this.lose();
      else if (this.found.value) this.found.value = whole(this.initial, kept);
      else this.learn(whole(this.initial, kept), this.known ?? this.initial);
    });
  }

  /** Writes and readings of this tab come one after the other. */
  private then(job: () => Promise<void>): Promise<void> {
    return (this.turn = this.turn.then(job, job));
  }

  private takeUp(): void {
    const kept = this.found.value;
    this.found.value = null;
    if (kept) this.learn(kept, this.initial);
  }

  /** `base`: what this tab's own changes were made on. */
  private learn(kept: Kept<T>, base: T): void {
    this.known = kept.value;
    this.op = kept.op ?? this.op;
    this.value.value = merged(base, this.value.peek(), kept.value);
    this.dirty.value = true;
  }

  private async keep(): Promise<void> {
    if (this.found.value || !this.dirty.value) return;
    const { known } = this;
    const mine = this.value.peek();
    if (mine === known) return;
    if (known === null) await addUnfinished(this.sync, this.entry);
    const base = known ?? this.initial;
    let gone = false;
    const kept = await this.sync.draft.change<T>(
      this.entry.key,
      (there) => {
        gone = there === undefined && known !== null;
        return gone ? undefined : there ? merged(base, mine, { ...this.initial, ...there }) : mine;
      },
      this.op,
    );
    if (kept && !gone) return this.learn(kept, mine);
    // Saved meanwhile, here or in another tab: a late write does not make the draft anew, and what is written now is another record.
    this.known = null;
    this.op = this.newOp();
  }

  private lose(): void {
    this.found.value = null;
    if (!this.dirty.value) return;
    this.value.value = this.initial;
    this.begin();
    this.onGone();
  }

  private begin(): void {
    this.known = null;
    this.dirty.value = false;
    this.op = this.newOp();
  }

  private newOp(): string {
    return uuid7(this.sync.now());
  }
}

/** A draft of an earlier release may lack a field. */
const whole = <T extends object>(initial: T, kept: Kept<T>): Kept<T> => ({ ...kept, value: { ...initial, ...kept.value } });

type Keeps = Pick<Sync, "draft">;

/** Put a form on the list of unfinished ones. */
export async function addUnfinished({ draft }: Keeps, entry: Unfinished): Promise<void> {
  await draft.change<Unfinished[]>(INDEX, (list = []) => [...list.filter((one) => one.key !== entry.key), entry]);
}

/** Forget the draft `key` and its line in the list. */
export async function dropDraft({ draft }: Keeps, key: string): Promise<void> {
  await draft.drop(key);
  await draft.change<Unfinished[]>(INDEX, (list) => list?.filter((one) => one.key !== key));
}

/** The forms left unfinished, newest first. */
export async function unfinished({ draft }: Keeps): Promise<(Unfinished & { saved_at: number })[]> {
  const list = (await draft.load<Unfinished[]>(INDEX))?.value ?? [];
  const found = await Promise.all(list.map(async (entry) => ({ entry, kept: await draft.load(entry.key) })));
  return found.flatMap(({ entry, kept }) => (kept ? [{ ...entry, saved_at: kept.saved_at }] : [])).sort((a, b) => b.saved_at - a.saved_at);
}
