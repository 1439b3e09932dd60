import { describe, expect, it } from "vitest";
import { addUnfinished, dropDraft, unfinished } from "../../src/app/draft.tsx";
import type { Sync } from "../../src/sync/api.ts";

/** The drafts of an engine, kept in memory. */
function drafts(): Sync {
  const kept = new Map<string, { value: unknown; saved_at: number }>();
  let now = 1000;
  const draft = {
    load: (key: string) => Promise.resolve(kept.get(key)),
    save: (key: string, value: unknown) => Promise.resolve(void kept.set(key, { value, saved_at: now++ })),
    drop: (key: string) => Promise.resolve(void kept.delete(key)),
  };
  return { draft } as unknown as Sync;
}
const leave = { key: "away.new", path: "/away", title: "离岗登记" };
const incident = { key: "incident.new", path: "/incident", title: "突发事件" };

describe("forms left unfinished", () => {
  it("are found at the next start, newest first, with the time of their last change", async () => {
    const sync = drafts();
    await addUnfinished(sync, leave);
    await sync.draft.save(leave.key, { posts: ["12"] });
    await addUnfinished(sync, incident);
    await sync.draft.save(incident.key, { place: "大厅" });
    const found = await unfinished(sync);
    expect(found.map((one) => one.title)).toEqual(["突发事件", "离岗登记"]);
    expect(found[0]!.saved_at).toBeGreaterThan(found[1]!.saved_at);
  });

  it("are listed once however often they change", async () => {
    const sync = drafts();
    await sync.draft.save(leave.key, {});
    await Promise.all([addUnfinished(sync, leave), addUnfinished(sync, leave), addUnfinished(sync, leave)]);
    expect(await unfinished(sync)).toHaveLength(1);
  });

  it("are forgotten once saved or given up", async () => {
    const sync = drafts();
    await addUnfinished(sync, leave);
    await sync.draft.save(leave.key, {});
    await dropDraft(sync, leave.key);
    expect(await unfinished(sync)).toEqual([]);
    expect(await sync.draft.load(leave.key)).toBeUndefined();
  });

  it("do not lose one another when two forms change at once", async () => {
    const sync = drafts();
    await sync.draft.save(leave.key, {});
    await sync.draft.save(incident.key, {});
    await Promise.all([addUnfinished(sync, leave), addUnfinished(sync, incident)]);
    expect((await unfinished(sync)).map((one) => one.key).sort()).toEqual(["away.new", "incident.new"]);
  });
});
