import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { lists } from "../../src/features/roster/lists";
import type { RowKind, Sync } from "../../src/sync/api";
import type { Me } from "../../src/sync/types.gen";
import { at, base, HALL, screen } from "./world";

const NEW = { ...HALL, roster_version: 0 };

/** Where the first steps lead somebody of these roles. */
function steps(roles: string[], rows: Parameters<typeof base>[0]): string[] {
  const me: Record<string, Me> = { ann: { uid: "ann", name: "ann", unit: "", roles } };
  const read = screen(base({ hall: { hall: NEW }, ...rows, me }), [], {}, "ann");
  const part: Pick<Sync, "uid" | "now" | "rows"> = { uid: "ann", now: () => at("10:00"), rows: (kind) => signal(read(kind as RowKind)) as never };
  return (lists.inbox?.(part as Sync) ?? []).filter((item) => item.waits).map((item) => item.path ?? "");
}

describe("the first steps of a new hall (ORG-10)", () => {
  it.each([["ADM"], ["OFF"]])("are its organisation, then its roster, for %s", (role) => {
    expect(steps([role], { post: {} })).toEqual(["/organisation/import"]);
    expect(steps([role], {})).toEqual(["/roster/week"]);
    expect(steps([role], { hall: { hall: HALL } })).toEqual([]);
  });

  it("are nobody else's, and not told before the hall is there", () => {
    expect(steps(["HEAD", "STF"], { post: {} })).toEqual([]);
    expect(steps(["ADM"], { post: {}, hall: {} })).toEqual([]);
  });
});
