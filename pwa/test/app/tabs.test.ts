import { describe, expect, it } from "vitest";
import type { Feature, TabId } from "../../src/app/feature.ts";
import { placesOf } from "../../src/app/tabs.ts";

const offer = (...ids: TabId[]): Feature => ({
  id: ids.join(),
  effects: {},
  screens: [],
  tabs: ids.map((id) => ({ id, path: `/${id}`, label: () => id, icon: "post" })),
});
const ALL = [offer("post", "approve", "overview"), offer("patrol", "findings", "problems"), offer("missions", "check", "bulletin")];
const bar = (roles: string[], features = ALL) => placesOf(roles, features).bar.map((spec) => spec.id);

describe("home by role", () => {
  it.each([
    [["STF"], ["post", "todo", "messages", "me"]],
    [["INS"], ["patrol", "check", "findings", "me"]],
    [["HEAD", "STF"], ["post", "approve", "problems", "me"]],
    [["OFF"], ["overview", "approve", "todo", "me"]],
    [["LEAD"], ["overview", "bulletin", "todo", "me"]],
  ])("gives %s the places %s", (roles, want) => expect(bar(roles)).toEqual(want));

  it("shows a mystery shopper missions and nothing of the hall", () => {
    expect(placesOf(["TEAM"], ALL)).toMatchObject({ bar: [{ id: "missions" }, { id: "me" }], more: [] });
  });

  it("never has more than four places, and lists the rest", () => {
    const { bar, more } = placesOf(["HEAD", "STF", "INS"], ALL);
    expect(bar).toHaveLength(4);
    expect([...bar, ...more].map((spec) => spec.id)).toEqual(["patrol", "check", "findings", "me", "post", "approve", "problems", "todo", "messages"]);
  });

  it("leaves out a place no institution fills", () => expect(bar(["INS"], [offer("patrol")])).toEqual(["patrol", "todo", "messages", "me"]));
});
