/** What the hall says in the shell's lists: decisions in the outbox, records that wait for one, devices with old unsent work. */
import type { Describe, InboxItem, Lists } from "../../app/feature";
import { duration, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { deviceRows, OLD_MS, unsentOf } from "./fleet";

function inbox(sync: Sync): InboxItem[] {
  const held = [...sync.rows("op.held").value].filter(([, { body }]) => body.uid !== sync.uid);
  const now = sync.now();
  const old = deviceRows(sync).filter(({ body }) => unsentOf(body) > 0 && body.oldest_at && now - body.oldest_at > OLD_MS);
  return [
    ...held.map(([rid, { body }]) => ({ id: `held:${rid}`, at: body.received_at, title: t("有记录待定"), path: `/held/${rid}`, waits: true })),
    ...old.map(({ body }) => ({
      id: `device:${body.dev}`,
      at: body.contact_at ?? 0,
      title: t("{name}的设备有记录未送达", { name: body.name }),
      text: t("最早一条已等待 {time}", { time: duration(now - (body.oldest_at ?? now)) }),
      path: `/devices/${body.dev}`,
      waits: false,
    })),
  ];
}

const describe: Describe = {
  "held.accept": ({ a }) => ({ title: t("采纳待定记录"), ...(a.text ? { text: a.text } : {}) }),
  "held.reject": ({ a }) => ({ title: t("不采纳待定记录"), text: a.text }),
};

export const lists: Lists = { describe, inbox };
