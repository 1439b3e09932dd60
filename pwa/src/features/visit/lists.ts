/** What visits say in the shell's lists. A visitor's own records are called notes: the screen may be seen beside a counter. */
import { dueItems, type Describe, type InboxItem, type Lists } from "../../app/feature";
import { names, t } from "../../i18n";
import type { Sync } from "../../sync/api";

/** Visits that wait for this lead's decision, newest first. */
function undecided(sync: Sync) {
  const missions = sync.rows("mission").value;
  return [...sync.rows("visit").value]
    .filter(([, { body }]) => body.state === "recorded" && missions.get(body.mission)?.body.lead === sync.uid)
    .sort(([, a], [, b]) => b.body.received_at - a.body.received_at);
}

function openMissions(sync: Sync): number {
  return [...sync.rows("mission").value.values()].filter(({ body }) => body.state === "open" && body.team.includes(sync.uid)).length;
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
  ...Array.from(sync.rows("visit.unit").value, ([rid, { body }]) => ({
    id: `visit.unit:${rid}`,
    at: body.published_at,
    title: t("检查结果已公布"),
    path: `/visit-results/${rid}`,
    waits: false,
  })),
];

export const lists: Lists = { describe, inbox, counts: { missions: openMissions, check: (sync) => undecided(sync).length } };
