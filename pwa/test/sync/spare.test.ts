/** When pictures may go over the present network: the switch that spares the mobile network. */
import { afterEach, expect, test, vi } from "vitest";
import { mayUseNetwork, SPARE_KEY } from "../../src/sync/spare.ts";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["off, on the mobile network", null, { type: "cellular" }, true],
  ["off again, on the mobile network", "off", { type: "cellular" }, true],
  ["off, the browser tells nothing", "off", undefined, true],
  ["on, Wi-Fi", "on", { type: "wifi" }, true],
  ["on, a cable", "on", { type: "ethernet" }, true],
  ["on, the mobile network", "on", { type: "cellular" }, false],
  ["on, Wi-Fi of somebody who saves data", "on", { type: "wifi", saveData: true }, false],
  ["on, the browser tells only how fast it is", "on", {}, false],
  ["on, the browser tells nothing", "on", undefined, false],
] as const)("the switch %s", (_, kept, connection, may) => {
  vi.stubGlobal("localStorage", { getItem: (key: string) => (key === SPARE_KEY ? kept : null) });
  vi.stubGlobal("navigator", connection ? { connection } : {});
  expect(mayUseNetwork()).toBe(may);
});

test("a browser that keeps nothing spares nothing", () => {
  vi.stubGlobal("localStorage", { getItem: () => { throw new DOMException("no"); } });
  expect(mayUseNetwork()).toBe(true);
});
