/** 在岗, the first screen of staff and heads: am I on post, who covers me, what waits for me; for a head: where is a gap now. */
import { useState } from "preact/hooks";
import { useAmended, type ScreenProps } from "../../app/feature";
import { t } from "../../i18n";
import { BigButton, Empty, List, Loading, Section } from "../../ui";
import { Asks } from "./asks";
import { HeadPart } from "./head";
import { LeaveSheet } from "./leave";
import { dutiesOf, type PostNow } from "./model";
import { asksOf, ownNotice } from "./notice";
import { OwnNotice } from "./own";
import { PostCell, PostSheet, StepUpButton } from "./post-cell";
import { headedUnit, usePresence, type Presence } from "./rows";
import "./presence.css";

export default function Home({ query }: ScreenProps) {
  const presence = usePresence();
  const { me, notices, uid, now, hall, posts } = presence;
  const amended = useAmended("away.announce");
  const [leaving, setLeaving] = useState(query.get("draft") !== null || (amended !== undefined && !amended.a.unit));
  if (!me || !hall) return <Loading />;
  const own = ownNotice(notices, uid, now, hall);
  const { mine, standby } = dutiesOf(posts, uid);
  return (
    <>
      {own && <OwnNotice presence={presence} notice={own} />}
      <Asks presence={presence} />
      {headedUnit(presence) && <HeadPart presence={presence} />}
      <Duties presence={presence} mine={mine} standby={standby} />
      {!own && (
        <div class="submit">
          <BigButton label={t("离岗")} sub={t("告知去向、返回时间和顶岗人")} icon="out" onPress={() => setLeaving(true)} />
        </div>
      )}
      {leaving && <LeaveSheet presence={presence} posts={mine.map((post) => post.id)} onClose={() => setLeaving(false)} />}
    </>
  );
}

/** Today's posts of this person, as A and as B. */
function Duties({ presence, mine, standby }: { presence: Presence; mine: readonly PostNow[]; standby: readonly PostNow[] }) {
  const [open, setOpen] = useState<string | null>(null);
  const asked = new Set(asksOf(presence.notices, presence.uid, presence.now, presence.hall).flatMap((notice) => notice.posts));
  const shown = [...mine, ...standby].find((post) => post.id === open);
  if (mine.length + standby.length === 0) {
    return (
      <Empty icon="post" title={t("今天没有排给您的岗位")}>
        {t("排班后，这里会显示您的A岗和B岗。")}
      </Empty>
    );
  }
  return (
    <>
      {mine.length > 0 && (
        <Section title={t("我的岗位")} aside={mine.some((post) => post.b) && <a href="/roster">{t("调换A岗B岗")}</a>}>
          <List>
            {mine.map((post) => (
              <PostCell key={post.id} presence={presence} post={post} onPress={() => setOpen(post.id)} />
            ))}
          </List>
        </Section>
      )}
      {standby.length > 0 && (
        <Section title={t("我是B岗")}>
          {standby
            .filter((post) => post.state === "gap" && !asked.has(post.id))
            .map((post) => (
              <StepUpCard key={post.id} presence={presence} post={post} />
            ))}
          <List>
            {standby.map((post) => (
              <PostCell key={post.id} presence={presence} post={post} onPress={() => setOpen(post.id)} />
            ))}
          </List>
        </Section>
      )}
      {shown && <PostSheet presence={presence} post={shown} onClose={() => setOpen(null)} />}
    </>
  );
}

/** A is away and nobody serves: B takes the post in one tap, asked or not (AB-01, AB-02). */
function StepUpCard({ presence, post }: { presence: Presence; post: PostNow }) {
  return (
    <div class="card bad">
      <p>{t("{number}号现在无人在岗，请B岗顶上。", { number: post.post.number })}</p>
      <StepUpButton presence={presence} post={post} />
    </div>
  );
}
