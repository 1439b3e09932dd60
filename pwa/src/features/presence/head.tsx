/** The head's part: gaps now, what waits for a decision, where the unit's people are. */
import { useState } from "preact/hooks";
import { useAmended, useAsked } from "../../app/feature";
import { duration, t } from "../../i18n";
import { Button, Card, Cell, List, Section, Tag } from "../../ui";
import { personName, postNames } from "../hall/names";
import { isOpen } from "../hall/rules";
import { LeaveSheet } from "./leave";
import { gapsNow, whereabouts } from "./model";
import { lateToJudge, overdueOf, type Notice } from "./notice";
import { CloseSheet, JudgeSheet } from "./judge";
import { PostCell, PostSheet } from "./post-cell";
import type { Presence } from "./rows";
import { Settle } from "./settle";
import { WhereaboutsList } from "./whereabouts";
import { labelWord, reasonWord, spanWord } from "./words";

export function HeadPart({ presence }: { presence: Presence }) {
  const { me, rows, posts, now } = presence;
  const unit = me?.unit ?? "";
  const amended = useAmended("away.announce");
  const [whole, setWhole] = useState(amended?.a.unit === unit);
  useAsked((key) => key === `away:${unit}` && setWhole(true));
  const own = posts.filter((post) => post.post.unit === unit);
  return (
    <>
      <Gaps presence={presence} unit={unit} />
      <Settle presence={presence} unit={unit} />
      <Decisions presence={presence} unit={unit} />
      <Section
        title={t("人员去向一览表")}
        aside={
          <Button tone="quiet" onPress={() => setWhole(true)}>
            {t("全室离岗")}
          </Button>
        }
      >
        <WhereaboutsList presence={presence} people={whereabouts(rows, posts, unit, now)} />
      </Section>
      {whole && <LeaveSheet presence={presence} posts={own.map((post) => post.id)} unit={unit} onClose={() => setWhole(false)} />}
    </>
  );
}

/** Required posts with nobody serving; `unit` null: of the whole hall. `names`: say who should be there. */
export function Gaps({ presence, unit, names = true }: { presence: Presence; unit: string | null; names?: boolean }) {
  const [open, setOpen] = useState<string | null>(null);
  const { hall, now } = presence;
  const closed = hall !== undefined && !isOpen(hall, now);
  const gaps = gapsNow(presence.posts, hall, now).filter((post) => unit === null || post.post.unit === unit);
  const shown = presence.posts.find((post) => post.id === open);
  return (
    <Section title={t("现在的缺口")} aside={gaps.length > 0 ? t("{n} 个岗位", { n: gaps.length }) : undefined}>
      {gaps.length === 0 ? (
        <Card tone={closed ? "info" : "ok"}>
          <div>
            <Tag tone={closed ? "idle" : "ok"}>{closed ? labelWord("closed") : t("没有缺口，应到岗位都有人")}</Tag>
          </div>
        </Card>
      ) : (
        <List>
          {gaps.map((post) => (
            <PostCell key={post.id} presence={presence} post={post} names={names} onPress={() => setOpen(post.id)} />
          ))}
        </List>
      )}
      {shown && <PostSheet presence={presence} post={shown} onClose={() => setOpen(null)} />}
    </Section>
  );
}

/** 补告示 to judge and absences nobody ended; `unit` null: of the whole hall. */
export function Decisions({ presence, unit }: { presence: Presence; unit: string | null }) {
  const { notices, now, hall, uid } = presence;
  const here = (notice: Notice) => notice.office !== null && (unit === null || notice.office.unit === unit);
  const late = lateToJudge(notices, uid).filter(here);
  const overdue = overdueOf(notices, now, hall).filter((notice) => here(notice) && notice.person !== uid);
  const [judged, closed] = [useAmended("away.judge_late"), useAmended("away.close")];
  const [judging, setJudging] = useState<Notice | null>(late.find((notice) => notice.rid === judged?.rid) ?? null);
  const [closing, setClosing] = useState<Notice | null>(overdue.find((notice) => notice.rid === closed?.rid) ?? null);
  useAsked((key) => {
    setJudging(late.find(({ rid }) => key === `away.judge_late:${rid}`) ?? null);
    setClosing(overdue.find(({ rid }) => key === `away.close:${rid}`) ?? null);
  });
  if (late.length + overdue.length === 0) return null;
  return (
    <Section title={t("待我处理")} aside={t("{n} 件", { n: late.length + overdue.length })}>
      <List>
        {overdue.map((notice) => (
          <NoticeCell key={notice.rid} presence={presence} notice={notice} tag={<Tag tone="bad">{t("逾期 {duration}", { duration: duration(now - notice.back_at) })}</Tag>} onPress={() => setClosing(notice)} />
        ))}
        {late.map((notice) => (
          <NoticeCell key={notice.rid} presence={presence} notice={notice} tag={<Tag tone="warn">{t("补告示待判定")}</Tag>} onPress={() => setJudging(notice)} />
        ))}
      </List>
      {judging && <JudgeSheet presence={presence} notice={judging} onClose={() => setJudging(null)} />}
      {closing && <CloseSheet presence={presence} notice={closing} onClose={() => setClosing(null)} />}
    </Section>
  );
}

function NoticeCell({ presence, notice, tag, onPress }: { presence: Presence; notice: Notice; tag: preact.ComponentChildren; onPress: () => void }) {
  const { rows, now } = presence;
  const where = notice.whole_unit ? t("全室") : postNames(rows.posts, notice.posts);
  return (
    <Cell
      title={t("{name} · {reason}", { name: personName(rows.people, notice.person), reason: reasonWord(notice.reason) })}
      sub={
        <>
          {tag} {[where, spanWord(notice.leaves_at, notice.back_at, now)].filter(Boolean).join(t("；"))}
        </>
      }
      onPress={onPress}
    />
  );
}
