import { describe, expect, it } from "vitest";
import { isUnsent, needsPerson } from "../../src/app/outgoing.ts";
import { statusWord } from "../../src/app/status.ts";
import { itemWord, sizeWord } from "../../src/app/words.ts";
import type { OpState, OutboxItem, Status } from "../../src/sync/api.ts";

const item = (state: OpState, more: Partial<OutboxItem> = {}): OutboxItem => ({
  id: "1",
  seq: 1,
  k: "away.return",
  rid: "r",
  a: { back_at: 0 },
  bytes: 500,
  saved_at: 0,
  code: "ABCD2345",
  state,
  ...more,
});
const settled = { way: "dropped", reason: "记错了", at: 1 } as const;
const status = (state: Status["state"], count: number): Status => ({ state, count, online: state !== "offline", contact_at: null, login: false, problem: null, wipe: false });

describe("the outbox", () => {
  it("asks the person about what was refused, or held for a person, until it is dealt with", () => {
    expect(needsPerson(item("refused"))).toBe(true);
    expect(needsPerson(item("held", { reason: "INVALID" }))).toBe(true);
    expect(needsPerson(item("held", { reason: "REF_WAIT" }))).toBe(false);
    expect(needsPerson(item("applied"))).toBe(false);
    expect(needsPerson(item("refused", { settled }))).toBe(false);
  });

  it("counts as unsent what the server has not answered", () => {
    expect((["saved", "sending", "applied", "held", "refused"] as const).map((state) => isUnsent(item(state)))).toEqual([true, true, false, false, false]);
  });

  it("says where a record stands in words, and how a refused one was dealt with", () => {
    expect(itemWord(item("saved")).label).toBe("已存本机");
    expect(itemWord(item("held"))).toEqual({ tone: "warn", label: "已送达，待处理" });
    expect(itemWord(item("refused")).label).toBe("未采纳");
    expect(itemWord(item("refused", { settled })).label).toBe("已放弃");
  });

  it("gives sizes people can read", () => expect([sizeWord(545), sizeWord(1400), sizeWord(2_000_000), sizeWord(10_700_000_000)]).toEqual(["545\u00a0字节", "1.4\u00a0KB", "2.0\u00a0MB", "10.7\u00a0GB"]));
});

describe("the pill", () => {
  it("has four states and the same words everywhere", () => {
    const all = [status("synced", 0), status("pending", 2), status("offline", 3), status("offline", 0), status("attention", 1)].map((one) => statusWord(one).label);
    expect(all).toEqual(["已同步", "待发送 2", "离线 3", "离线", "需处理 1"]);
  });

  it("is green only when everything is proven", () => {
    expect((["synced", "pending", "offline", "attention"] as const).filter((state) => statusWord(status(state, 1)).tone === "ok")).toEqual(["synced"]);
  });
});
