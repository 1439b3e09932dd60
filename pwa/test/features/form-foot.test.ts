/** A desk's form closes only once it is saved (GEN-06). */
import { beforeEach, expect, test } from "vitest";
import { actWith, type Act } from "../../src/features/hall/act";
import { saveAndClose } from "../../src/features/hall/form-foot";
import type { LocalReceipt } from "../../src/sync/api";

const RECEIPT: LocalReceipt = { id: "o1", rid: "r1", code: "A1B2", at: 1 };
let said: string[] = [];
let act: Act;

beforeEach(() => {
  said = [];
  act = actWith((receipt) => said.push(receipt.code), (text) => said.push(text));
});

test("a form that could not be saved stays open with what was typed, says so, and is saved by the next press", async () => {
  const press = (save: () => Promise<LocalReceipt>) => act(() => saveAndClose(save, () => said.push("closed")));
  await press(() => Promise.reject(new DOMException("", "QuotaExceededError")));
  expect(said).toEqual(["没有存下来，请再按一次。"]);
  await press(() => Promise.resolve(RECEIPT));
  expect(said.slice(1)).toEqual(["closed", "A1B2"]);
});

test("a second tap while the first is being saved does nothing", async () => {
  let saved = 0;
  let finish = (): void => undefined;
  const save = () => {
    saved += 1;
    return new Promise<LocalReceipt>((resolve) => (finish = () => resolve(RECEIPT)));
  };
  const first = act(save);
  await act(save);
  finish();
  await first;
  expect([saved, said]).toEqual([1, ["A1B2"]]);
});
