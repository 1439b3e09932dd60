/** 问题看板: problems in columns by how far they are, for one campaign or unit or all of them. Made of this device's rows. */
import { go, type ScreenProps } from "../../app/feature";
import { monthDay, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Problem } from "../../sync/types.gen";
import { Cell, Chips, Dots, Empty, List, Section, Select, Tag } from "../../ui";
import { unitName } from "../hall/names";
import { board, COLUMNS, type ColumnId, type OnBoard, type Wanted } from "./model";
import { codeWord, LEVEL_TONES, levelWord } from "./words";
import "./campaign.css";

const ENDED_MAX = 20;
const ENDED: readonly Problem["state"][] = ["verified", "not_done", "lifted"];
const WORDS: Record<ColumnId, () => string> = { found: () => t("已登记"), doing: () => t("整改中"), claimed: () => t("待核实"), returned: () => t("退回重改"), ended: () => t("已办结") };

function wantedOf(query: URLSearchParams): Wanted {
  const only = (["overdue", "back"] as const).find((one) => one === query.get("only")) ?? "all";
  return { campaign: query.get("campaign") ?? "", unit: query.get("unit") ?? "", only };
}

export default function Board({ sync, query }: ScreenProps) {
  const wanted = wantedOf(query);
  const units = sync.rows("unit").value;
  const campaigns = [...sync.rows("campaign").value];
  const problems = sync.rows("problem").value;
  const columns = board(problems, wanted);
  const ask = (change: Partial<Wanted>) => {
    const next = Object.entries({ ...wanted, ...change }).filter(([, value]) => value && value !== "all");
    go(`/problem-board?${new URLSearchParams(next).toString()}`, { replace: true });
  };
  const known = [...new Set([...problems.values()].map(({ body }) => body.unit))].sort();
  const none = COLUMNS.every((column) => columns[column].length === 0);
  return (
    <div class="wide stack">
      <div class="row wrap filters">
        {campaigns.length > 0 && (
          <Select label={t("专项整治")} value={wanted.campaign} options={[{ value: "", label: t("全部") }, ...campaigns.map(([value, { body }]) => ({ value, label: body.title }))]} onChange={(campaign) => ask({ campaign })} />
        )}
        <Select label={t("单位")} value={wanted.unit} options={[{ value: "", label: t("全部单位") }, ...known.map((value) => ({ value, label: unitName(units, value) }))]} onChange={(unit) => ask({ unit })} />
        <Chips<Wanted["only"]>
          label={t("筛选")}
          hideLabel
          options={[
            { value: "all", label: t("全部") },
            { value: "overdue", label: t("已逾期") },
            { value: "back", label: t("再次出现") },
          ]}
          value={wanted.only}
          onChange={(only) => ask({ only })}
        />
      </div>
      {none ? (
        <Empty title={t("没有这一类问题")}>{t("自查、巡查、检查发现的问题会列在这里，直到核实销号。")}</Empty>
      ) : (
        <div class="board">
          {COLUMNS.map((column) => (
            <Section key={column} title={WORDS[column]()} aside={String(columns[column].length)}>
              <List label={WORDS[column]()}>
                {columns[column].slice(0, column === "ended" ? ENDED_MAX : undefined).map((one) => (
                  <ProblemCard key={one.rid} sync={sync} {...one} />
                ))}
              </List>
            </Section>
          ))}
        </div>
      )}
    </div>
  );
}

function ProblemCard({ sync, rid, body }: OnBoard & { sync: Sync }) {
  const facts = [unitName(sync.rows("unit").value, body.unit), body.due_day ? t("{day}前", { day: monthDay(body.due_day) }) : ""];
  return (
    <Cell
      title={
        <>
          <Tag tone={LEVEL_TONES[body.level]}>{levelWord(body.level)}</Tag> {codeWord(sync, body.code)}
        </>
      }
      sub={
        <>
          <Dots of={facts.filter(Boolean).join("\u00a0· ")} /> {body.overdue && !ENDED.includes(body.state) && <Tag tone="bad">{t("已逾期")}</Tag>} {body.disputed && <Tag tone="warn">{t("单位提出异议")}</Tag>} {body.extended && <Tag tone="warn">{t("展期")}</Tag>} {body.unproven && <Tag tone="warn">{t("时间待核")}</Tag>} {body.recurs && <Tag tone="warn">{t("再次出现")}</Tag>}
        </>
      }
      href={`/problems/${rid}`}
    />
  );
}
