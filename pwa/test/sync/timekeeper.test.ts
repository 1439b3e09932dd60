/** What an op says about time (PROTOCOL.md §5): the offset of the last contact, its beacon, and a clock that was set back. */
import { expect, test } from "vitest";
import { clk, contact, newClock, serverNow, STEP_MS, tick } from "../../src/sync/timekeeper.ts";
import type { OpBody } from "../../src/sync/types.gen.ts";
import { Browser, newWorld, report } from "./support/world.ts";

const beacon = { id: "b1", t: 0, n: "", s: "" };

test("a phone whose clock is an hour slow records corrected time and says what its own clock said", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await sync.close();
  const env = browser.env();
  env.skew_ms = -3_600_000;
  const slow = await browser.openTab(env);
  await world.until(() => Math.abs(slow.now() - world.time.now) < 1_000);

  const receipt = await slow.save("incident.report", report("钟慢"));
  await world.until(() => world.site.log.length === 1);

  const { w, off, b, bo, o, st } = (world.site.log[0] as OpBody).clk;
  expect(receipt.at).toBe(w + off!);
  expect(Math.abs(off! - 3_600_000)).toBeLessThan(1_000);
  expect([b?.startsWith("b"), bo === o, st]).toEqual([true, true, undefined]);
});

test("before any contact an op names neither offset nor beacon", () => {
  const env = new Browser(newWorld()).env();
  expect(clk(newClock(env), env)).toEqual({ w: env.wall(), o: env.load, m: 0, tz: "Asia/Shanghai" });
});

test("a clock set back is noticed inside one page load, forgiven at the next contact", async () => {
  const world = newWorld();
  const env = new Browser(world).env();
  const before = contact(newClock(env), env, env.wall(), env.wall(), beacon);
  await world.time.pass(10_000);
  env.skew_ms = -STEP_MS - 20_000;

  const after = tick(before, env);

  expect(clk(after, env)).toMatchObject({ st: true, b: "b1", bm: 0, m: 10_000 });
  expect(contact(after, env, env.wall(), env.wall(), beacon).stepped).toBe(false);
});

test("a clock set back between two starts of the app is noticed as well, and stays noticed", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const old = browser.env();
  await world.time.pass(5_000);
  const before = tick(newClock(old), old);
  const env = browser.env();
  env.skew_ms = -STEP_MS - 1_000;

  const after = tick(before, env);
  env.skew_ms = 0;

  expect(after.stepped).toBe(true);
  expect(tick(after, env).stepped).toBe(true);
});

test("sleep, in which the monotonic clock pauses, is no step back", () => {
  const env = new Browser(newWorld()).env();
  const before = newClock(env);
  env.skew_ms = 8 * 3_600_000;
  expect(tick(before, env).stepped).toBe(false);
});

test("server time is the wall clock and the offset of the last contact", () => {
  const env = new Browser(newWorld()).env();
  const met = contact(newClock(env), env, env.wall() + 700, env.wall(), beacon);
  expect(serverNow(met, env)).toBe(env.wall() + 700);
});
