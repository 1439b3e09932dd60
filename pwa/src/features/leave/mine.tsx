/** 我的请假: what is asked for, what runs, 销假 in one tap, balances (LV-07). */
import { go, type ScreenProps } from "../../app/feature";
import { t } from "../../i18n";
import type { Leave } from "../../sync/types.gen";
import { Button, Buttons, Card, Cell, Empty, Facts, List, Section, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { canReturn, isLive, ownLeaves } from "./model";
import { useLeave, type LeaveBook } from "./rows";
import { daysWord, spanWord, STATE_TONE, stateWord, typeWord } from "./words";
import "./leave.css";

export default function MineScreen(_: ScreenProps) {
  const book = useLeave();
  const { rows, uid } = book;
  const all = ownLeaves(rows.leaves, uid);
  const live = all.filter(({ leave }) => isLive(leave));
  const past = all.filter(({ leave }) => !isLive(leave));
  return (
    <>
      <Buttons>
        <Button tone="main" icon="edit" onPress={() => go("/leave/new")}>
          {t("请假")}
        </Button>
        <Button icon="clock" onPress={() => go("/leave/unit")}>
          {t("请假日历")}
        </Button>
      </Buttons>
      {live.length === 0 && (
        <Empty title={t("没有进行中的请假")}>{t("请假后在这里看到审批到哪一步；休假结束后在这里一键销假。")}</Empty>
      )}
      {live.map(({ rid, leave }) => (
        <OwnCard key={rid} book={book} rid={rid} leave={leave} />
      ))}
      <Balances book={book} />
      {past.length > 0 && (
        <Section title={t("以往")}>
          <List>
            {past.map(({ rid, leave }) => (
              <LeaveCell key={rid} book={book} rid={rid} leave={leave} />
            ))}
          </List>
        </Section>
      )}
    </>
  );
}

/** One leave in a list. `who`: the name before the type; `onOpen`: shown beside the list instead of on a page of its own. */
export function LeaveCell({ book, rid, leave, who = "", onOpen }: { book: LeaveBook; rid: string; leave: Leave; who?: string; onOpen?: (() => void) | undefined }) {
  const type = typeWord(book.rows.types, leave.type, leave.from_at);
  const trouble = leave.needs_cover ? t("已批·待补岗") : leave.over_quota ? t("超额待处理") : null;
  return (
    <Cell
      title={who ? t("{name} · {reason}", { name: who, reason: type }) : type}
      sub={leave.state === "told" ? spanWord(leave.from_at, leave.to_at, book.now) : t("{span}，计 {days}", { span: spanWord(leave.from_at, leave.to_at, book.now), days: daysWord(leave.centidays) })}
      value={<Tag tone={trouble ? "warn" : STATE_TONE[leave.state]}>{trouble ?? stateWord(leave.state)}</Tag>}
      {...(onOpen ? { onPress: onOpen } : { href: `/leave/${rid}` })}
    />
  );
}

/** Whether there is a next step to take. */
export const hasStep = (leave: Leave): boolean => leave.state === "told" || leave.state === "pending" || canReturn(leave);

/** A leave that goes on, with its next step; `whole`: the rest of it stands below. */
export function OwnCard({ book, rid, leave, whole = false }: { book: LeaveBook; rid: string; leave: Leave; whole?: boolean }) {
  const { sync, rows, now } = book;
  const act = useAct();
  const tone = leave.state === "overdue" ? "bad" : leave.state === "ended" || leave.state === "told" ? "warn" : "info";
  return (
    <Card tone={tone}>
      <b>{typeWord(rows.types, leave.type, leave.from_at)}</b>
      <p>{t("{span}，计 {days}", { span: spanWord(leave.from_at, leave.to_at, now), days: daysWord(leave.centidays) })}</p>
      <div class="lv-tags">
        <Tag tone={STATE_TONE[leave.state]}>{stateWord(leave.state)}</Tag>
        {leave.needs_cover && <Tag tone="warn">{t("已批·待补岗")}</Tag>}
        {leave.over_quota && <Tag tone="warn">{t("超额待处理")}</Tag>}
        {leave.proof_due && <Tag tone="warn">{t("待交证明")}</Tag>}
      </div>
      <Buttons>
        {!whole && <Button onPress={() => go(`/leave/${rid}`)}>{t("详情")}</Button>}
        {leave.state === "told" && (
          <Button tone="main" onPress={() => go(`/leave/new?told=${rid}`)}>
            {t("补办请假")}
          </Button>
        )}
        {leave.state === "pending" && <Button onPress={() => void act(() => sync.save("leave.withdraw", {}, { rid }))}>{t("撤回")}</Button>}
        {canReturn(leave) && (
          <Button tone="main" onPress={() => void act(() => sync.save("leave.return", { back_at: sync.now() }, { rid }))}>
            {t("销假")}
          </Button>
        )}
      </Buttons>
    </Card>
  );
}

function Balances({ book }: { book: LeaveBook }) {
  const { rows, uid, now } = book;
  const year = new Date(now).getFullYear();
  const known = (rows.accounts.get(uid)?.body.balances ?? []).filter((one) => one.year === year);
  if (known.length === 0) return null;
  const facts = known.map((one) => {
    const booked = one.booked ?? 0;
    const used = t("已用 {days}", { days: daysWord(one.used - booked) }) + (booked ? t("，已批未休 {days}", { days: daysWord(booked) }) : "");
    const left = one.granted === undefined || one.granted === null ? "" : t("，余 {days}", { days: daysWord(one.granted - one.used - one.pending) });
    return [typeWord(rows.types, one.type, now), used + left] as const;
  });
  return (
    <Section title={t("本年度假期")}>
      <Facts facts={facts} />
    </Section>
  );
}
