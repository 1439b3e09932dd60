/** What a device says of itself: what is sealed stands apart, so that the office learns nothing of it from any phone (I18). */
import { expect, test } from "vitest";
import type { Sync } from "../../src/sync/api.ts";
import type { RecordVisit, Tie, Vital } from "../../src/sync/types.gen.ts";
import { isSealed, vitalOf, waitingOf } from "../../src/sync/vital.ts";
import { Browser, newWorld, report } from "./support/world.ts";

const VISIT: RecordVisit = { mission: "m1", checklist: "ms-1", arrived_at: 1, left_at: 2, answers: [] };
const TIE: Tie = { units: ["u1"], people: [] };
const bytes = (text: string) => new TextEncoder().encode(text);

/** What the site has heard once `told` holds of it. */
async function heard(told: (vital: Vital) => boolean, act: (sync: Sync) => Promise<void>): Promise<Vital> {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  browser.network = "down";
  await act(sync);
  browser.network = "up";
  const last = () => [...world.site.devices.values()].map(({ vital }) => vital).find((vital) => vital && told(vital));
  await world.until(() => last() !== undefined);
  return last()!;
}

test("visits, ties and their photos that wait count in nothing the office sees", async () => {
  const told = await heard(
    ({ sealed }) => sealed?.unsent === 2,
    async (sync) => {
      const files = await sync.files();
      const photo = (text: string) => files.keep({ bytes: bytes(text), preview: null, mime: "image/jpeg", taken: 5 });
      const [open, hidden] = [await photo("open"), await photo("hidden")];
      await sync.save("incident.report", report("一"), { blobs: [open] });
      await sync.save("visit.record", VISIT, { rid: "v1", blobs: [hidden] });
      await sync.save("patrol.tie", TIE, { rid: "me" });
    },
  );
  expect([told.unsent, told.sealed?.unsent]).toEqual([1, 2]);
  expect([told.blobs, told.sealed?.blobs]).toEqual([1, 1]);
  expect(told.oldest_at).toBeLessThanOrEqual(told.sealed!.oldest_at!);
});

test("room left is as if there were no sealed photo", async () => {
  const env = { room: () => Promise.resolve({ free: 100, kept: true }) } as never;
  const files = { open: 2, sealed: 1, bytes: 30 };
  const { free, blobs, sealed } = await vitalOf(env, { trouble: "" } as never, waitingOf([], 0, files));
  expect([free, blobs, sealed]).toEqual([130, 2, { unsent: 0, blobs: 1 }]);
});

test("a kind of record this software does not know is not told of", () => {
  expect([isSealed("visit.of_a_later_release"), isSealed("visit.record"), isSealed("visit.answer"), isSealed("incident.report")]).toEqual([true, true, false, false]);
});
