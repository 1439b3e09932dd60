/** 在岗, the first screen of staff and heads: am I on post, who covers me, what waits for me; for a head: where is a gap now. */
import { useState } from "preact/hooks";
import { useAmended, useAsked } from "../../app/feature";
import { t } from "../../i18n";
import { BigButton, Empty, List, Loading, Section } from "../../ui";
import { Asks } from "./asks";
import { HeadPart } from "./head";
import { LeaveSheet } from "./leave";
import { dutiesOf, type PostNow } from "./model";
import { asksOf, ownNotice, unitNotice } from "./notice";
import { OwnNotice, UnitAway } from "./own";
import { PostCell, PostSheet, StepUpButton } from "./post-cell";
import { headedUnit, usePresence, type Presence } from "./rows";
import "./presence.css";

export default function Home() {
  const presence = usePresence();
  const { me, notices, uid, now, hall, posts } = presence;
  const amended = useAmended("away.announce");
  const [leaving, setLeaving] = useState(amended !== undefined && !amended.a.unit);
  useAsked((key) => key === "away" && setLeaving(true));
  if (!me || !hall) return <Loading />;
  const own = ownNotice(notices, uid, now, hall);
  // Whoever leads ends the absence of all, on the overview.
  const unitAway = me.roles.includes("HEAD") || me.roles.includes("OFF") ? undefined : unitNotice(notices, uid, me.unit, now, hall);
  const duties = dutiesOf(posts, uid);
  return (
    <>
      {own && <OwnNotice presence={presence} notice={own} />}
      {unitAway && <UnitAway presence={presence} notice={unitAway} />}
      <Asks presence={presence} />
      {headedUnit(presence) && <HeadPart presence={presence} />}
      <Duties presence={presence} {...duties} />
      {!own && (
        <div class="submit">
          <BigButton label={t("离岗")} sub={t("告知去向、返回时间和顶岗人")} icon="out" onPress={() => setLeaving(true)} />
        </div>
      )}
      {leaving && <LeaveSheet presence={presence} posts={duties.mine.map((post) => post.id)} onClose={() => setLeaving(false)} />}
    </>
  );
}

/** Today's posts of this person, as A and as B, and for lunch duty. */
function Duties({ presence, mine, standby, lunch }: { presence: Presence } & ReturnType<typeof dutiesOf>) {
  const [open, setOpen] = useState<string | null>(null);
  const asked = new Set(asksOf(presence.notices, presence.uid, presence.now, presence.hall).flatMap((notice) => notice.posts));
  const all = [...mine, ...standby, ...lunch];
  const shown = all.find((post) => post.id === open);
  if (all.length === 0) {
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
      {lunch.length > 0 && (
        <Section title={t("午间值班")}>
          <List>
            {lunch.map((post) => (
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
