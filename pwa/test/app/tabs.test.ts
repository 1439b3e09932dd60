import { describe, expect, it } from "vitest";
import type { Feature, Role, TabId } from "../../src/app/feature.ts";
import { features } from "../../src/app/features.ts";
import { isFor, screenAt, SHELL_SCREENS } from "../../src/app/screens.ts";
import { placesOf } from "../../src/app/tabs.ts";

const unopened = () => Promise.reject(new Error("not opened here"));
const offerTo = (roles: readonly Role[] | undefined, ...ids: TabId[]): Feature => ({
  id: ids.join(),
  effects: {},
  screens: ids.map((id) => ({ path: `/${id}`, title: () => id, load: unopened, ...(roles ? { roles } : {}) })),
  tabs: ids.map((id) => ({ id, path: `/${id}`, label: () => id, icon: "post" })),
});
const offer = (...ids: TabId[]) => offerTo(undefined, ...ids);
const ALL = [offer("post", "approve", "overview"), offer("patrol", "findings", "problems"), offer("missions", "check", "bulletin")];
const bar = (roles: string[], features: readonly Feature[] = ALL) => placesOf(roles, features).bar.map((spec) => spec.id);

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

  it("leaves out a place whose screen is not for this person", () => {
    const features = [offer("patrol", "findings"), offerTo(["CHECK"], "check")];
    expect(bar(["INS"], features)).toEqual(["patrol", "findings", "todo", "me"]);
    expect(bar(["INS", "CHECK"], features)).toEqual(["patrol", "check", "findings", "me"]);
  });
});

/** Roles as people of a hall hold them together. */
const HELD: readonly (readonly Role[])[] = [
  ["STF"], ["HEAD"], ["STF", "HEAD"], ["INS"], ["EFF"], ["INS", "EFF"], ["EFF", "HEAD"], ["OFF", "STF"], ["OFF", "HEAD"], ["OFF", "HEAD", "ADM"],
  ["LEAD"], ["TOP"], ["TOP", "HEAD"], ["TEAM"], ["CHECK"], ["CHECK", "HEAD"], ["ADM"], ["ADM", "HEAD"],
];
const SCREENS = [...SHELL_SCREENS, ...features.value.flatMap((feature) => feature.screens)];

describe("the places of this client", () => {
  it.each(HELD.map((roles) => [roles]))("lead %s to screens that open, the first of them being home", (roles) => {
    const { bar, more } = placesOf(roles, features.value);
    const actions = features.value.flatMap((feature) => feature.actions ?? []).filter((action) => isFor(action, roles));
    const dead = [...bar, ...more, ...actions].filter((place) => !screenAt(place.path, roles, SCREENS));
    expect(dead.map((place) => place.path)).toEqual([]);
    expect(bar.length).toBeGreaterThan(1);
    expect(bar[0]?.id).not.toBe("me");
  });

  it("give an inspector no visits to check, but what waits", () => {
    expect(bar(["INS"], features.value)).toEqual(["patrol", "findings", "todo", "me"]);
    expect(bar(["CHECK", "HEAD"], features.value)).toContain("check");
  });
});
