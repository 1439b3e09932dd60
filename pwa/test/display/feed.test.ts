import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { feedOf, freshness, watch, type Feed } from "../../src/display/feed";
import type { Status, View } from "../../src/sync/api";
import type { Display } from "../../src/sync/display";
import type { Hall, PostPublic } from "../../src/sync/types.gen";

const HALL = { names: {}, zones: [], tz: "Asia/Shanghai" } as unknown as Hall;
const quiet: PostPublic = { number: "A01", zone: "A", order: 1, unit: {}, services: [], label: "on_post", plate: "演甲子", since: 0 };

function view<B>(rid: string, body: B): [string, View<B>] {
  return [rid, { rid, ver: 1, body, pending: false }];
}

/** A display whose rows and contact the test moves by hand. */
function scene() {
  const posts = signal(new Map([view("A01", quiet), view("A02", { ...quiet, number: "A02", order: 2 })]));
  const halls = signal(new Map([view("hall", HALL)]));
  const status = signal<Status>({ state: "offline", count: 0, online: false, contact_at: 1_000, login: false, problem: null, wipe: false });
  const ages = { ms: 500 as number | null };
  const rows = (kind: string) => (kind === "hall" ? halls : posts);
  const display = { rows, status, now: () => 100_000, age: () => ages.ms } as unknown as Display;
  const say = (rid: string, change: Partial<PostPublic>) => {
    const before = posts.peek().get(rid);
    if (before) posts.value = new Map(posts.peek()).set(rid, { ...before, body: { ...before.body, ...change } });
  };
  return { feed: feedOf(display) as Feed, ages, status, say };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the picture of the hall", () => {
  it("shows the first change of a burst at once and the last one within half a second", () => {
    const { feed, say } = scene();
    const { picture, stop } = watch(feed);
    const labels = () => picture.value.cells.map((cell) => cell.post.label);
    vi.advanceTimersByTime(1_000);
    say("A01", { label: "step_away" });
    expect(labels()).toEqual(["step_away", "on_post"]);
    say("A02", { label: "suspended" });
    say("A02", { label: "covered" });
    expect(labels()).toEqual(["step_away", "on_post"]);
    vi.advanceTimersByTime(500);
    expect(labels()).toEqual(["step_away", "covered"]);
    stop();
  });

  it("lifts what changed, for three seconds, and nothing on the first picture", () => {
    const { feed, say } = scene();
    const { picture, stop } = watch(feed);
    expect(picture.value.lifted.size).toBe(0);
    vi.advanceTimersByTime(1_000);
    say("A02", { label: "step_away" });
    expect([...picture.value.lifted]).toEqual([["A02", performance.now() + 3_000]]);
    vi.advanceTimersByTime(4_000);
    say("A01", { label: "step_away" });
    expect([...picture.value.lifted.keys()]).toEqual(["A01"]);
    stop();
  });

  it("stays as it is once stopped", () => {
    const { feed, say } = scene();
    const { picture, stop } = watch(feed);
    say("A01", { label: "step_away" });
    stop();
    vi.advanceTimersByTime(5_000);
    expect(picture.value.cells[0]?.post.label).toBe("on_post");
  });
});

describe("freshness", () => {
  it("of a start from the cache is never fresh, and shows the time of the last contact", () => {
    const { feed } = scene();
    expect(feed.heard()).toBe(false);
    expect(freshness(feed)).toEqual({ age_ms: 60_001, asof: 1_000 });
  });

  it("follows the server as soon as it is heard", () => {
    const { feed, status } = scene();
    status.value = { ...status.value, contact_at: 99_000 };
    expect(freshness(feed)).toEqual({ age_ms: 500, asof: 99_500 });
  });

  it("without any contact is endless", () => {
    const { feed, status, ages } = scene();
    ages.ms = null;
    status.value = { ...status.value, contact_at: null };
    expect(freshness(feedOf({ ...feed } as unknown as Display))).toEqual({ age_ms: Infinity, asof: null });
  });
});
