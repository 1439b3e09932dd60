/** What the organisation of patrols says in the shell's lists: records in the outbox, and looks the floor is asked for. */
import type { Describe, Lists } from "../../app/feature";
import { clock, t } from "../../i18n";
import { postName } from "../hall/names";
import { seenWord } from "./words";

const describe: Describe = {
  "patrol.tie": () => ({ title: t("回避登记"), edit: "/ties" }),
  "patrol.codes": () => ({ title: t("更换分区巡查码") }),
  "patrol.point": () => ({ title: t("扫到分区巡查码") }),
  "patrol.video": ({ a }, sync) => ({
    title: t("视频巡查"),
    text: [a.camera, postName(sync.rows("post").value, a.post), seenWord(a.seen)].join("\u00a0· "),
    edit: "/video",
  }),
  "irregular.commit": ({ a }) => ({ title: t("封存不定时巡查计划"), text: t("{from} 至 {to}", { from: a.from_day, to: a.to_day }), edit: "/irregular/new" }),
  "irregular.drop": ({ a }) => ({ title: t("放弃不定时巡查计划"), text: a.text }),
};

export const lists: Lists = {
  describe,
  inbox: (sync) => [
    ...[...sync.rows("video.ask").value].map(([rid, { body }]) => ({
      id: `video:${rid}`,
      at: body.since,
      title: t("请到现场看一眼：{post}", { post: postName(sync.rows("post").value, body.post) }),
      text: t("{time} 起视频里没有看到人", { time: clock(body.since) }),
      path: "/patrol",
      waits: true,
    })),
    ...[...sync.rows("irregular").value].flatMap(([rid, { body }]) =>
      (body.rounds ?? [])
        .filter((one) => body.state === "drawn" && (one.state ?? "due") === "due" && one.who === sync.uid && one.at <= sync.now() + NOTICE_MS && one.at >= sync.now() - NOTICE_MS)
        .map((one) => ({ id: `irregular:${rid}:${one.at}`, at: one.at, title: t("不定时巡查：{time} 开始", { time: clock(one.at) }), path: `/irregular/${rid}`, waits: true })),
    ),
  ],
};

/** How long before and after its time a drawn round stands among what waits. */
const NOTICE_MS = 30 * 60_000;
