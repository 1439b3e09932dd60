/** What others ask of this person: stand in, serve, hand back (AWY-08, AB-01, AB-06). */
import { clock, t } from "../../i18n";
import { Button, Buttons, Card, Facts, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postName, postNames } from "../hall/names";
import { coversOf, coverStanding, promisesOf } from "./model";
import { asksOf, type Notice } from "./notice";
import type { Presence } from "./rows";
import { reasonWord, spanWord, toldOf } from "./words";

export function Asks({ presence }: { presence: Presence }) {
  const { sync, rows, notices, uid, now, hall } = presence;
  const act = useAct();
  const promises = promisesOf(rows, notices, uid, now);
  return (
    <>
      {asksOf(notices, uid, now, hall).map((notice) => (
        <Ask key={notice.rid} presence={presence} notice={notice} />
      ))}
      {promises.map((notice) => (
        <Card key={notice.rid} tone="ok">
          <div>
            <Tag tone="ok">{coverStanding(notice, now, hall, presence.posts) === "in_force" ? t("正在顶岗") : t("已答应顶岗")}</Tag>
          </div>
          <p>{about(presence, notice)}</p>
          <Told notice={notice} />
          <Button onPress={() => void act(() => sync.save("away.answer", { accept: false }, { rid: notice.rid }))}>{t("不能继续顶岗")}</Button>
        </Card>
      ))}
      {coversOf(rows.covers, uid, now).map((cover) => (
        <Card key={cover.rid} tone="ok">
          <div>
            <Tag tone="ok">{t("正在顶岗")}</Tag>
          </div>
          <p>
            {t("{post}，自 {time} 起代 {name}。", { post: postName(rows.posts, cover.post), time: clock(cover.from_at), name: personName(rows.people, cover.for_person) })}
          </p>
          <Button onPress={() => void act(() => sync.save("cover.hand_back", { at: sync.now() }, { rid: cover.rid }))}>{t("交回")}</Button>
        </Card>
      ))}
    </>
  );
}

function Ask({ presence, notice }: { presence: Presence; notice: Notice }) {
  const { sync, rows } = presence;
  const act = useAct();
  const answer = (accept: boolean) => void act(() => sync.save("away.answer", { accept }, { rid: notice.rid }));
  return (
    <Card tone="warn">
      <b>{t("{name} 请您顶岗", { name: personName(rows.people, notice.person) })}</b>
      <p>{about(presence, notice)}</p>
      <Told notice={notice} />
      <Buttons>
        <Button onPress={() => answer(false)}>{t("不能顶岗")}</Button>
        <Button tone="main" onPress={() => answer(true)}>
          {t("接受")}
        </Button>
      </Buttons>
    </Card>
  );
}

function about({ rows, now }: Presence, notice: Notice): string {
  const posts = postNames(rows.posts, notice.posts);
  return t("{posts}，{span}，{reason}。", { posts, span: spanWord(notice.leaves_at, notice.back_at, now), reason: reasonWord(notice.reason) });
}

/** Why and where to, how to reach A, and the matters A leaves behind. */
function Told({ notice }: { notice: Notice }) {
  const facts = toldOf(notice).map(([label, said]) => [label, said === notice.office?.contact ? <a href={`tel:${said}`}>{said}</a> : said] as const);
  return facts.length > 0 ? <Facts facts={facts} /> : null;
}
