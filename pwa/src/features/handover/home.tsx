/** 工作移交: what was handed to me, what I handed over, what my unit has; list and sheet side by side at the desk. */
import type { ScreenProps } from "../../app/feature";
import { go } from "../../app/feature";
import { t } from "../../i18n";
import { BigButton, Cell, Empty, List, Loading, Section, SplitView, Tag } from "../../ui";
import { personName, postName, postNames } from "../hall/names";
import { rule } from "../hall/rules";
import { groupsOf, overloaded, stateShown, type Sheet } from "./model";
import { leadsUnit, useHandovers, type Handovers } from "./rows";
import { SheetView } from "./sheet";
import { spanWord, STATE_TONE, stateWord, troubleWord } from "./words";
import "./handover.css";

export default function Home({ params }: ScreenProps) {
  const all = useHandovers();
  const chosen = all.sheets.find((sheet) => sheet.rid === params["id"]);
  if (!all.me || !all.rows.hall) return <Loading />;
  return (
    <SplitView list={<Lists all={all} current={chosen?.rid} />} detail={chosen ? <SheetView all={all} sheet={chosen} /> : null} hint={t("选一张移交单，这里显示事项和进度。")} />
  );
}

function Lists({ all, current }: { all: Handovers; current: string | undefined }) {
  const { sheets, uid, me } = all;
  const { received, given, others, over } = groupsOf(sheets, uid);
  const group = (title: string, list: readonly Sheet[]) =>
    list.length > 0 && (
      <Section title={title}>
        <List label={title}>
          {list.map((sheet) => (
            <Line key={sheet.rid} all={all} sheet={sheet} on={sheet.rid === current} />
          ))}
        </List>
      </Section>
    );
  return (
    <>
      {sheets.length === 0 && (
        <Empty icon="swap" title={t("没有移交单")}>
          {t("离岗、请假前把手上的事项交给B岗，B岗在手机上确认；回来时逐件交回。")}
        </Empty>
      )}
      {group(t("交给我的"), received)}
      {group(t("我移交的"), given)}
      {group(t("本单位的"), others)}
      {leadsUnit(me, me?.unit ?? "") && <Overload all={all} unit={me?.unit ?? ""} />}
      <div class="submit">
        <BigButton label={t("新建工作移交单")} sub={t("事项、钥匙、印章，交给B岗")} icon="swap" onPress={() => go("/handover/new")} />
      </div>
      {group(t("已结束的"), over.slice(0, 10))}
    </>
  );
}

function Line({ all, sheet, on }: { all: Handovers; sheet: Sheet; on: boolean }) {
  const { rows, now, uid } = all;
  const state = stateShown(sheet, now);
  const other = sheet.b === uid ? t("自 {name}", { name: personName(rows.people, sheet.a) }) : t("交 {name}", { name: personName(rows.people, sheet.b) });
  return (
    <Cell
      title={`${postName(rows.posts, sheet.post)} · ${other}`}
      sub={
        <>
          <Tag tone={STATE_TONE[state]}>{stateWord(state)}</Tag> {spanWord(sheet.from_at, sheet.to_at, now)}
          {sheet.trouble && (
            <>
              <br />
              <Tag tone="bad">{troubleWord(sheet.trouble, personName(rows.people, sheet.b))}</Tag>
            </>
          )}
        </>
      }
      value={(sheet.open_items?.length ?? 0) > 0 ? t("{n} 件未办", { n: sheet.open_items?.length ?? 0 }) : undefined}
      href={`/handover/${sheet.rid}`}
      on={on}
    />
  );
}

/** Who is live at too many posts: HEAD sees it before the work suffers (AB-04, ORG-05). */
function Overload({ all, unit }: { all: Handovers; unit: string }) {
  const { rows, now } = all;
  const most = rule(rows.hall, "ab.max_live_posts_warn");
  const busy = overloaded(rows, unit, most, now);
  if (busy.length === 0) return null;
  return (
    <Section title={t("顶岗负荷")}>
      <List>
        {busy.map(({ uid, posts }) => (
          <Cell key={uid} title={personName(rows.people, uid)} sub={postNames(rows.posts, posts)} value={<Tag tone="warn">{t("同时 {n} 个岗位", { n: posts.length })}</Tag>} />
        ))}
      </List>
    </Section>
  );
}
