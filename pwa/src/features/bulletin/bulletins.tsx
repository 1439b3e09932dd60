/** 通报: what was issued, as this person may read it; for editors also the drafts, and a new one (PTL-10, CHK-10). */
import { useState } from "preact/hooks";
import { go, SubmitBar, useMe, type ScreenProps } from "../../app/feature";
import { dayOf, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Bulletin, BulletinIssued } from "../../sync/types.gen";
import { Button, Cell, Chips, DayField, Empty, List, Notice, Sheet, SplitView, Tag } from "../../ui";
import { Read } from "./read";
import { kindWord, numberWord, spanWord, STATE_TONE, stateWord, type Kind } from "./words";
import "./bulletin.css";

export interface Entry {
  rid: string;
  work: Bulletin | undefined;
  inside: BulletinIssued | undefined;
  open: BulletinIssued | undefined;
}

/** Every bulletin this device has, the newest period first. */
function entries(sync: Sync): Entry[] {
  const [work, inside, open] = [sync.rows("bulletin").value, sync.rows("bulletin.in").value, sync.rows("bulletin.pub").value];
  const rids = new Set([...work.keys(), ...inside.keys(), ...open.keys()]);
  const all = [...rids].map((rid) => ({ rid, work: work.get(rid)?.body, inside: inside.get(rid)?.body, open: open.get(rid)?.body }));
  return all.sort((a, b) => lastDay(b).localeCompare(lastDay(a)) || b.rid.localeCompare(a.rid));
}

const lastDay = ({ work, open }: Entry): string => (work ?? open)?.to_day ?? "";

export default function Bulletins({ sync, params }: ScreenProps) {
  const me = useMe();
  const [making, setMaking] = useState(false);
  const all = entries(sync);
  const chosen = all.find(({ rid }) => rid === params["id"]);
  const kinds = kindsOf(me?.roles ?? []);
  const list = (
    <div class="stack">
      {kinds.length > 0 && (
        <Button tone="main" icon="edit" onPress={() => setMaking(true)}>
          {t("生成通报草稿")}
        </Button>
      )}
      {all.length === 0 ? (
        <Empty title={t("还没有通报")} icon="bulletin">
          {t("巡查周报、月报和检查通报发布后列在这里。")}
        </Empty>
      ) : (
        <List label={t("巡查与检查通报")}>
          {all.map((entry) => (
            <EntryCell key={entry.rid} entry={entry} on={entry.rid === params["id"]} />
          ))}
        </List>
      )}
      {making && <Make sync={sync} kinds={kinds} onClose={() => setMaking(false)} />}
    </div>
  );
  return <SplitView list={list} detail={chosen ? <Read key={chosen.rid} sync={sync} entry={chosen} /> : null} hint={t("选一份通报查看。")} />;
}

function EntryCell({ entry, on }: { entry: Entry; on: boolean }) {
  const { rid, work, inside, open } = entry;
  const issued = inside ?? open;
  const shown = work ?? issued;
  if (!shown) return null;
  const title = (work ? work.wording.title : issued?.title) || kindWord(shown.kind);
  const state = work?.state ?? (issued?.withdrawn ? "withdrawn" : "issued");
  const sub = [shown.number ? numberWord(shown.kind, shown.number) : kindWord(shown.kind), spanWord(shown.from_day, shown.to_day)].join("\u00a0· ");
  return <Cell title={title} sub={sub} value={<Tag tone={STATE_TONE[state]}>{stateWord(state)}</Tag>} href={`/bulletins/${rid}`} on={on} />;
}

/** Which kinds a person with these roles writes. */
function kindsOf(roles: readonly string[]): Kind[] {
  const patrol: Kind[] = roles.includes("OFF") || roles.includes("EFF") ? ["patrol_week", "patrol_month"] : [];
  return roles.includes("OFF") || roles.includes("CHECK") ? [...patrol, "check"] : patrol;
}

const DAY_MS = 86_400_000;

/** The last whole week or month before today, or for a check the last thirty days. */
export function periodBefore(kind: Kind, now: number): { from_day: string; to_day: string } {
  const today = dayOf(now);
  if (kind === "patrol_month") {
    const last = dayOf(now - Number(today.slice(8)) * DAY_MS);
    return { from_day: `${last.slice(0, 8)}01`, to_day: last };
  }
  if (kind === "patrol_week") {
    const monday = now - (6 + isoWeekday(today)) * DAY_MS;
    return { from_day: dayOf(monday), to_day: dayOf(monday + 6 * DAY_MS) };
  }
  return { from_day: dayOf(now - 30 * DAY_MS), to_day: today };
}

/** 1 for Monday. */
const isoWeekday = (day: string): number => ((new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7) + 1;

/** Any day of a week or month stands for all of it. */
export function wholePeriod(kind: Kind, day: string): { from_day: string; to_day: string } {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const iso = (at: number) => new Date(at).toISOString().slice(0, 10);
  if (kind === "patrol_week") {
    const monday = noon - (isoWeekday(day) - 1) * DAY_MS;
    return { from_day: iso(monday), to_day: iso(monday + 6 * DAY_MS) };
  }
  const [year = 0, month = 1] = day.split("-").map(Number);
  return { from_day: `${day.slice(0, 8)}01`, to_day: iso(Date.UTC(year, month, 0, 12)) };
}

function Make({ sync, kinds, onClose }: { sync: Sync; kinds: readonly Kind[]; onClose: () => void }) {
  const [kind, setKind] = useState<Kind>(kinds[0] ?? "patrol_week");
  const [span, setSpan] = useState(periodBefore(kind, sync.now()));
  const online = sync.status.value.online !== false;
  const choose = (next: Kind) => {
    setKind(next);
    setSpan(periodBefore(next, sync.now()));
  };
  const submit = async () => {
    const receipt = await sync.save("bulletin.draft", { kind, ...span });
    onClose();
    go(`/bulletins/${receipt.rid}`);
    return receipt;
  };
  const wrong = span.to_day < span.from_day ? t("结束日期早于开始日期。") : "";
  return (
    <Sheet open title={t("生成通报草稿")} onClose={onClose} foot={<SubmitBar verb={t("生成草稿")} onSubmit={submit} disabled={wrong !== ""} note={wrong || t("只取已经确认的问题；还在陈述期内或待核的不列入。")} />}>
      <Chips label={t("种类")} options={kinds.map((value) => ({ value, label: kindWord(value) }))} value={kind} onChange={choose} />
      {kind === "check" ? (
        <>
          <DayField required label={t("开始日期")} value={span.from_day} onChange={(from_day) => setSpan({ ...span, from_day })} />
          <DayField required label={t("结束日期")} value={span.to_day} onChange={(to_day) => setSpan({ ...span, to_day })} />
        </>
      ) : (
        <>
          <DayField required label={kind === "patrol_week" ? t("这一周的任意一天") : t("这个月的任意一天")} value={span.from_day} onChange={(day) => day && setSpan(wholePeriod(kind, day))} />
          <p>{spanWord(span.from_day, span.to_day)}</p>
        </>
      )}
      {!online && <Notice tone="warn" title={t("现在断网：草稿要等联网后由服务器汇总。")} />}
    </Sheet>
  );
}
