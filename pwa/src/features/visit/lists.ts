/** What visits say in the shell's lists. A visitor's own records are called notes: the screen may be seen beside a counter. */
import { dueItems, type Describe, type InboxItem, type Lists } from "../../app/feature";
import { names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { isOpenFor } from "./model";

/** Visits that wait for this lead's decision, newest first. */
function undecided(sync: Sync) {
  const missions = sync.rows("mission").value;
  return [...sync.rows("visit").value]
    .filter(([, { body }]) => body.state === "recorded" && missions.get(body.mission)?.body.lead === sync.uid)
    .sort(([, a], [, b]) => b.body.received_at - a.body.received_at);
}

function openMissions(sync: Sync): number {
  const visits = [...sync.rows("visit").value.values()].map(({ body }) => body);
  return [...sync.rows("mission").value].filter(([rid, { body }]) => isOpenFor(sync.uid, rid, body, visits)).length;
}

/** Results this person reads as one of the hall; the lead has them beside the visit. */
function published(sync: Sync) {
  const leads = sync.rows("me").value.get(sync.uid)?.body.roles.includes("CHECK");
  return leads ? [] : [...sync.rows("visit.unit").value].filter(([, { body }]) => body.published_at > 0);
}

/** The unit a visit was paid to, where this device knows its name. */
function unitOf(sync: Sync, visit: string): { text?: string } {
  const body = sync.rows("visit").value.get(visit)?.body;
  const mission = body && sync.rows("mission").value.get(body.mission)?.body;
  return mission ? { text: names(mission.unit_names) } : {};
}

const describe: Describe = {
  "visit.record": () => ({ title: t("备忘") }),
  "visit.publish": (item, sync) => ({ title: t("公布检查结果"), ...unitOf(sync, item.rid) }),
  "visit.void": (item, sync) => ({ title: t("作废检查记录"), text: item.a.text, ...unitOf(sync, item.rid) }),
};

const inbox = (sync: Sync): InboxItem[] => [
  ...undecided(sync).map(([rid, { body }]) => ({
    id: `visit:${rid}`,
    at: body.received_at,
    title: t("暗访记录待公布"),
    ...unitOf(sync, rid),
    path: `/visits/${rid}`,
    waits: true,
  })),
  ...dueItems(sync, "visit", (rid) => (undecided(sync).some(([id]) => id === rid) ? `/visits/${rid}` : "/missions")),
  ...published(sync).map(([rid, { body }]) => ({
    id: `visit.unit:${rid}`,
    at: body.published_at,
    title: t("检查结果已公布"),
    path: `/visit-results/${rid}`,
    waits: false,
  })),
];

export const lists: Lists = { describe, inbox, counts: { missions: openMissions, check: (sync) => undecided(sync).length } };
