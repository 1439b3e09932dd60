/** What incidents say in the shell's lists: records in the outbox, incidents that wait. */
import { dueItems, type Describe, type InboxItem, type Lists } from "../../app/feature";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { lastCall, waitsFor } from "./model";
import { dutyWord, kindWord, messageWord, placeWord, stepWord } from "./words";

function where(sync: Sync, place: string): string {
  return placeWord(place, sync.rows("hall").value.get("hall")?.body, sync.rows("post").value);
}

/** Incidents nobody handles yet wait for whom they name or have called, anew with every call; for others they are news. */
function inbox(sync: Sync): InboxItem[] {
  const incidents = [...sync.rows("incident").value].filter(([, { body }]) => !body.main).map(([rid, { body }]): InboxItem => {
    const call = lastCall(body, sync.uid);
    const waits = waitsFor(body, sync.uid);
    const { mistake } = body;
    if (mistake) {
      return { id: `incident:${rid}:mistaken`, at: mistake.at, title: t("误报：{kind}", { kind: kindWord(body.kind) }), text: mistake.text, path: `/incidents/${rid}`, waits: false };
    }
    return {
      id: `incident:${rid}${call ? `:${call.step}` : ""}${waits === "sum_up" ? ":sum_up" : ""}`,
      at: call?.at ?? body.received_at,
      title: waits === "sum_up" ? t("突发事件待总结：{kind}", { kind: kindWord(body.kind) }) : t("突发事件：{kind}", { kind: kindWord(body.kind) }),
      text: where(sync, body.place),
      path: `/incidents/${rid}`,
      waits: waits !== null,
    };
  });
  return [...incidents, ...dueItems(sync, "incident", (rid) => `/incidents/${rid}`)];
}

const describe: Describe = {
  "incident.report": ({ a }, sync) => ({ title: t("报告突发事件"), text: t("{kind}，{place}", { kind: kindWord(a.kind), place: where(sync, a.place) }), edit: "/incident" }),
  "incident.tick": ({ a, rid }, sync) => {
    const incident = sync.rows("incident").value.get(rid)?.body;
    return { title: dutyWord(a.duty), ...(incident ? { text: kindWord(incident.kind) } : {}) };
  },
  "incident.note": ({ a, rid }) => ({ title: t("处理经过：{step}", { step: stepWord(a.step) }), text: a.text, edit: `/incidents/${rid}` }),
  "incident.link": ({ a, rid }) => ({ title: a.to ? t("并入另一件") : t("不是同一件"), edit: `/incidents/${rid}` }),
  "incident.mistake": ({ a, rid }) => ({ title: a.stands ? t("不是误报") : t("误报"), text: a.text, edit: `/incidents/${rid}` }),
  "incident.announce": ({ a, rid }) => ({ title: t("大屏提示群众"), text: messageWord(a.message), edit: `/incidents/${rid}` }),
  "incident.clear": ({ rid }) => ({ title: t("撤下大屏提示"), edit: `/incidents/${rid}` }),
};

export const lists: Lists = { describe, inbox };
