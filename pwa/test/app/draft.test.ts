/** What a form holds survives a kill, and is one thing in every tab of a person (GEN-06, OFF-02). */
import { describe, expect, it } from "vitest";
import { addUnfinished, Drafting, dropDraft, unfinished } from "../../src/app/drafting.ts";
import { merged } from "../../src/app/merge.ts";
import type { Sync } from "../../src/sync/api.ts";
import { Browser, newWorld, report, type World } from "../sync/support/world.ts";

const leave = { key: "away", path: "/", title: "离岗" };
const incident = { key: "incident", path: "/incident", title: "突发事件" };
const VISIT = { key: "visit:m1", path: "/missions/m1", title: "备忘" };
interface Visit {
  answers: Record<string, { mark?: string; note?: string; photos?: string[] }>;
  story: string;
}
const EMPTY: Visit = { answers: {}, story: "" };

/** One person's browser without a network, with one tab open. */
async function browser(): Promise<{ world: World; browser: Browser; sync: Sync }> {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  browser.network = "down";
  return { world, browser, sync };
}

/** The visit's form in a tab, as its screen opens it. */
function visit(sync: Sync, { at_once = true } = {}) {
  const form = new Drafting<Visit>(sync, VISIT, EMPTY);
  return { form, close: form.open(at_once) };
}
const answer = (form: Drafting<Visit>, item: string, given: Visit["answers"][string]) =>
  form.set({ answers: { ...form.value.value.answers, [item]: { ...form.value.value.answers[item], ...given } } });

describe("forms left unfinished", () => {
  it("are found at the next start, newest first, with the time of their last change", async () => {
    const { world, browser: phone, sync } = await browser();
    await addUnfinished(sync, leave);
    await sync.draft.save(leave.key, { posts: ["12"] });
    await world.time.pass(1_000);
    await addUnfinished(sync, incident);
    await sync.draft.save(incident.key, { place: "大厅" });
    await sync.close();
    const found = await unfinished(await phone.openTab());
    expect(found.map((one) => one.title)).toEqual(["突发事件", "离岗"]);
    expect(found[0]!.saved_at).toBeGreaterThan(found[1]!.saved_at);
  });

  it("are listed once however often they change", async () => {
    const { sync } = await browser();
    await sync.draft.save(leave.key, {});
    await Promise.all([addUnfinished(sync, leave), addUnfinished(sync, leave), addUnfinished(sync, leave)]);
    expect(await unfinished(sync)).toHaveLength(1);
  });

  it("are forgotten once saved or given up", async () => {
    const { sync } = await browser();
    await addUnfinished(sync, leave);
    await sync.draft.save(leave.key, {});
    await dropDraft(sync, leave.key);
    expect(await unfinished(sync)).toEqual([]);
    expect(await sync.draft.load(leave.key)).toBeUndefined();
  });

  it("do not lose one another when two forms change at once, in one tab or in two", async () => {
    const { browser: phone, sync } = await browser();
    const other = await phone.openTab();
    await Promise.all([leave, incident, VISIT].map((one, n) => addUnfinished(n % 2 ? other : sync, one)));
    await Promise.all([leave, incident, VISIT].map((one) => sync.draft.save(one.key, {})));
    expect((await unfinished(sync)).map((one) => one.key).sort()).toEqual(["away", "incident", "visit:m1"]);
  });
});

describe("one form in two tabs", () => {
  it("loses no answer, whichever tab gives it, and shows the same in both", async () => {
    const { world, browser: phone, sync } = await browser();
    const [one, two] = [visit(sync), visit(await phone.openTab())];
    for (let n = 0; n < 45; n++) answer(one.form, `i${n}`, { mark: "full" });
    answer(two.form, "i45", { mark: "fail" });
    await world.until(() => [one, two].every(({ form }) => Object.keys(form.value.value.answers).length === 46));
    expect(one.form.value.value).toEqual(two.form.value.value);
    const kept = await sync.draft.load<Visit>(VISIT.key);
    expect(Object.keys(kept!.value.answers)).toHaveLength(46);
    one.close();
    two.close();
  });

  it("keeps the mark of one tab and the note of another on one item", async () => {
    const { world, browser: phone, sync } = await browser();
    const [one, two] = [visit(sync), visit(await phone.openTab())];
    answer(one.form, "i1", { mark: "fail", photos: ["a"] });
    answer(two.form, "i1", { note: "无人应答", photos: ["b"] });
    two.form.set({ story: "咨询" });
    const whole = { answers: { i1: { mark: "fail", note: "无人应答", photos: expect.arrayContaining(["a", "b"]) as string[] } }, story: "咨询" };
    await world.until(() => [one, two].every(({ form }) => form.value.value.story !== "" && form.value.value.answers["i1"]?.photos?.length === 2));
    expect((await sync.draft.load<Visit>(VISIT.key))!.value).toEqual(whole);
    expect(one.form.value.value).toEqual(whole);
    one.close();
    two.close();
  });

  it("is what a tab that slept through it all adds to, once it wakes", async () => {
    const { world, browser: phone, sync } = await browser();
    const env = phone.env();
    const [one, two] = [visit(sync), visit(await phone.openTab(env))];
    await world.time.pass(10);
    env.frozen = true;
    for (let n = 0; n < 5; n++) answer(one.form, `i${n}`, { mark: "full" });
    await world.time.pass(10);
    answer(two.form, "i5", { mark: "full" });
    await world.until(async () => Object.keys((await sync.draft.load<Visit>(VISIT.key))!.value.answers).length === 6);
    env.frozen = false;
    one.close();
    two.close();
  });

  it("is one record whichever tab saves it, and both of them at once", async () => {
    const { world, browser: phone, sync } = await browser();
    const other = await phone.openTab();
    const [one, two] = [visit(sync), visit(other)];
    answer(one.form, "i1", { mark: "full" });
    answer(two.form, "i2", { mark: "full" });
    await world.until(() => one.form.record.id === two.form.record.id);
    const receipts = await Promise.all([sync.save("incident.report", report("一"), one.form.record), other.save("incident.report", report("一"), two.form.record)]);
    await Promise.all([one.form.done(), two.form.done()]);
    expect(receipts[0]).toEqual(receipts[1]);
    expect(sync.outbox.value).toHaveLength(1);
    expect(await unfinished(sync)).toEqual([]);
    // The next one is another.
    expect(one.form.record.id).not.toBe(receipts[0].id);
    one.close();
    two.close();
  });

  it("is gone in every tab once it is saved or given up in one, and no late write makes it anew", async () => {
    const { world, browser: phone, sync } = await browser();
    const env = phone.env();
    const [one, two] = [visit(sync), visit(await phone.openTab(env))];
    let told = 0;
    two.form.onGone = () => (told += 1);
    answer(one.form, "i1", { mark: "full" });
    await world.until(() => two.form.dirty.value);
    env.frozen = true;
    answer(one.form, "i2", { mark: "full" });
    await sync.save("incident.report", report("一"), one.form.record);
    await one.form.done();
    two.form.set({ story: "晚了" });
    await world.time.pass(50);
    expect([await sync.draft.load(VISIT.key), await unfinished(sync)]).toEqual([undefined, []]);
    env.frozen = false;
    await world.until(() => !two.form.dirty.value);
    await world.time.pass(50);
    expect([told, two.form.value.value, await sync.draft.load(VISIT.key), await unfinished(sync)]).toEqual([1, EMPTY, undefined, []]);
    one.close();
    two.close();
  });
});

describe("a draft found when a form is opened", () => {
  const old = { answers: { i1: { mark: "full" } }, story: "旧" };

  /** A form left with something in it, and the app started again. */
  async function left(): Promise<{ world: World; sync: Sync; id: string | undefined }> {
    const { world, browser: phone, sync } = await browser();
    const { form, close } = visit(sync);
    form.set(old);
    await world.until(async () => (await sync.draft.load(VISIT.key)) !== undefined);
    close();
    await sync.close();
    return { world, sync: await phone.openTab(), id: form.record.id };
  }

  it("is taken up with the id its record had", async () => {
    const { world, sync, id } = await left();
    const { form, close } = visit(sync);
    await world.until(() => form.dirty.value);
    expect(form.value.value).toEqual(old);
    expect(form.record.id).toBe(id);
    close();
  });

  it("is not mixed with what is typed before the person has chosen, nor lost to it", async () => {
    const { world, sync } = await left();
    const { form, close } = visit(sync, { at_once: false });
    form.set({ story: "新" });
    await world.until(() => form.found.value !== null);
    await world.time.pass(20);
    expect((await sync.draft.load(VISIT.key))!.value).toEqual(old);
    await form.discard();
    expect((await sync.draft.load(VISIT.key))!.value).toEqual({ answers: {}, story: "新" });
    expect(await unfinished(sync)).toHaveLength(1);
    close();
  });
});

describe("two changes of one value", () => {
  it("keep what only one of them touched, and the later word where both did", () => {
    const base = { a: "1", b: "1", c: "1", list: [1, 2, 3] };
    expect(merged(base, { ...base, a: "2", c: "2", list: [1, 3, 4] }, { ...base, b: "3", c: "3", list: [1, 2, 5] })).toEqual({ a: "2", b: "3", c: "2", list: [1, 4, 5] });
  });

  it("take out what one of them took out", () => {
    const base = { answers: { a: { mark: "x" }, b: { mark: "y" } } as Record<string, object> };
    expect(merged(base, { answers: { a: { mark: "x" } } }, { answers: { ...base.answers, c: {} } })).toEqual({ answers: { a: { mark: "x" }, c: {} } });
  });
});
