/** 纪律手册: the text, the codes by the four eliminations, one tap that it was read, and who has not (PRH-02, PRH-06). */
import { useState } from "preact/hooks";
import { useMe, type ScreenProps } from "../../app/feature";
import { dayOf, names, t, when } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Handbook } from "../../sync/types.gen";
import { BigButton, Card, Cell, Empty, List, Notice, Section, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { codesOn } from "../hall/codes";
import { personName, unitName } from "../hall/names";
import { editionNow, readersOf, unreadBy } from "./model";
import { editionWord, GROUPS, groupWord, stepWord } from "./words";
import "./norms.css";

export default function HandbookScreen({ sync }: ScreenProps) {
  const now = editionNow(sync);
  const me = useMe();
  if (!now) return <Empty title={t("还没有纪律手册")} icon="ledger" />;
  const office = me?.roles.includes("OFF") === true;
  const heads = me?.roles.includes("HEAD") === true;
  return (
    <div class="stack">
      <Section title={names(now.body.title)} aside={editionWord(now.rid, now.body)}>
        <Card>
          <p class="handbook">{names(now.body.text)}</p>
        </Card>
        <Read sync={sync} edition={now} />
      </Section>
      {(office || heads) && <Unread sync={sync} edition={now.rid} unit={office ? "" : (me?.unit ?? "")} />}
      <Codes sync={sync} />
    </div>
  );
}

function Read({ sync, edition }: { sync: Sync; edition: View<Handbook> }) {
  const act = useAct();
  const read = sync.rows("handbook.read").value.get(`${edition.rid}:${sync.uid}`);
  if (read) return <Notice tone="ok" title={t("您已于 {time} 阅读。", { time: when(read.body.at, sync.now()) })}>{read.pending ? t("已存本机，联网后送达。") : undefined}</Notice>;
  return <BigButton label={t("我已阅读")} sub={t("按一次即登记，断网也可以。")} onPress={() => void act(() => sync.save("norm.read", { at: sync.now() }, { rid: edition.rid }))} />;
}

/** Whom the office, or the head, may remind. */
function Unread({ sync, edition, unit }: { sync: Sync; edition: string; unit: string }) {
  const [all, setAll] = useState(false);
  const open = unreadBy(sync, edition, unit);
  const of = readersOf(sync, unit);
  const SHOWN = 8;
  const people = sync.rows("person").value;
  return (
    <Section title={t("还没有阅读的人")} aside={t("{n} / {all} 人已读", { n: of - open.length, all: of })}>
      {open.length === 0 ? (
        <Empty title={t("都已阅读")} />
      ) : (
        <List label={t("还没有阅读的人")}>
          {open.slice(0, all ? undefined : SHOWN).map((uid) => (
            <Cell key={uid} title={personName(people, uid)} sub={unitName(sync.rows("unit").value, people.get(uid)?.body.unit)} />
          ))}
          {!all && open.length > SHOWN && <Cell title={t("显示全部 {n} 人", { n: open.length })} onPress={() => setAll(true)} />}
        </List>
      )}
    </Section>
  );
}

function Codes({ sync }: { sync: Sync }) {
  const unit = useMe()?.unit;
  const codes = [...codesOn(sync, dayOf(sync.now()))].filter(([, rule]) => !rule.retired);
  const examples = codes.some(([, rule]) => rule.example);
  return (
    <>
      {examples && <p class="muted">{t("标“示例”的是随产品提供的例子，请换成本厅自己的。")}</p>}
      {GROUPS.map((group) => {
        const mine = codes.filter(([, rule]) => rule.group === group);
        if (mine.length === 0) return null;
        return (
          <Section key={group} title={groupWord(group)} aside={t("{n} 条", { n: mine.length })}>
            <List>
              {mine.map(([code, rule]) => (
                <Cell
                  key={code}
                  title={`${code} ${names(rule.names)}`}
                  sub={[names(rule.basis), rule.points ? t("{n} 分", { n: rule.points }) : "", stepWord(rule.step ?? "none"), rule.unit && rule.unit === unit ? t("本单位自定") : ""].filter(Boolean).join("\u00a0· ")}
                  value={rule.example ? <Tag tone="idle">{t("示例")}</Tag> : undefined}
                />
              ))}
            </List>
          </Section>
        );
      })}
    </>
  );
}
