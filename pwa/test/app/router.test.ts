import { describe, expect, it } from "vitest";
import { match } from "../../src/app/router.ts";

describe("matching an address", () => {
  it("fills the names of a pattern", () => expect(match("/away/:id/extend", "/away/0199-a/extend")).toEqual({ id: "0199-a" }));
  it("wants every part", () => {
    expect(match("/away/:id", "/away")).toBeNull();
    expect(match("/away/:id", "/away/1/2")).toBeNull();
    expect(match("/patrol", "/visit")).toBeNull();
  });
  it("decodes what was encoded and survives what was not", () => {
    expect(match("/p/:id", "/p/%E5%B2%97")).toEqual({ id: "岗" });
    expect(match("/p/:id", "/p/100%")).toEqual({ id: "100%" });
  });
});
