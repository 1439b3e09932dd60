/** 大厅资料与规则参数 for the desk: what the hall is called, its phone and plates, and every number it judges by, from a day on (§16, GEN-03, DSP-06). */
import { go, useSync, type ScreenProps } from "../../app/feature";
import { roleWord } from "../../app/words";
import { date, dayOf, lookup, names, t } from "../../i18n";
import type { Hall } from "../../sync/types.gen";
import { Cell, Empty, List, Notice, Section, SplitView, Tag } from "../../ui";
import { AboutForm } from "./about-form";
import { ParameterForm } from "./parameter-form";
import { amount, standing, type Value } from "./params";
import { PARAMS, type Param } from "./params.gen";
import { policyWord } from "./words";
import "./leave.css";

export default function ParametersScreen({ params }: ScreenProps) {
  const sync = useSync();
  const hall = sync.rows("hall").value.get("hall")?.body;
  if (!hall) return <Empty title={t("还没有读到大厅资料")} />;
  const id = params["id"] ?? null;
  const param = PARAMS.find(({ key }) => key === id);
  const close = () => go("/parameters");
  const detail = id === "about" ? <AboutForm hall={hall} onDone={close} /> : param ? <ParameterForm key={param.key} hall={hall} param={param} onDone={close} /> : null;
  return <SplitView list={<Everything hall={hall} today={dayOf(sync.now())} id={id} />} detail={detail} hint={t("选一项查看和修改。")} />;
}

/** The parts of the list, by the first word of a key. */
const groups = (): [string, string[]][] => [
  [t("离岗告示"), ["awy"]],
  [t("认定与时限"), ["evd"]],
  [t("AB岗与移交"), ["ab"]],
  [t("考勤"), ["att"]],
  [t("请销假"), ["lv"]],
  [t("巡查"), ["ptl"]],
  [t("检查与整改"), ["chk", "rct"]],
  [t("社会监督"), ["sup"]],
  [t("设施"), ["fac"]],
  [t("突发事件"), ["emg"]],
  [t("大屏与统计"), ["dsp", "idx"]],
  [t("设备与数据"), ["sec", "off", "dev", "prv"]],
];

function Everything({ hall, today, id }: { hall: Hall; today: string; id: string | null }) {
  return (
    <div class="lv-col">
      <Section title={t("大厅资料")}>
        <List label={t("大厅资料")}>
          <Cell title={names(hall.names)} sub={[hall.phone || t("未填电话"), policyWord(hall.plate)].join("\u00a0· ")} href="/parameters/about" on={id === "about"} />
        </List>
      </Section>
      <Notice title={t("参数从所选的日子起生效；之前的事按当时的参数认定。")} />
      {groups().map(([title, of]) => (
        <Section key={title} title={title}>
          <List label={title}>
            {PARAMS.filter(({ key }) => of.includes(key.split(".")[0] ?? "")).map((param) => (
              <Line key={param.key} hall={hall} param={param} today={today} on={param.key === id} />
            ))}
          </List>
        </Section>
      ))}
    </div>
  );
}

function Line({ hall, param, today, on }: { hall: Hall; param: Param; today: string; on: boolean }) {
  const { now, next } = standing(hall, param, today);
  const own = now.value !== param.default;
  const sub = [own ? t("默认 {value}", { value: valueWord(param, param.default) }) : t("默认"), now.from_day ? t("{day} 起", { day: date(now.from_day) }) : ""];
  return (
    <Cell
      title={lookup(param.label)}
      sub={sub.filter(Boolean).join("\u00a0· ")}
      value={
        <>
          {valueWord(param, now.value)}
          {next && <Tag tone="info">{t("{day} 起 {value}", { day: date(next.from_day), value: valueWord(param, next.value) })}</Tag>}
        </>
      }
      href={`/parameters/${param.key}`}
      on={on}
    />
  );
}

/** A value as it is read: with its unit, by its name. */
export function valueWord(param: Param, value: Value): string {
  if (typeof value === "boolean") return value ? t("是") : t("否");
  if (typeof value === "number") return amount(param.key, value);
  if (param.kind === "choice") return lookup(param.options[value] ?? value);
  return param.kind === "roles" ? value.split(",").filter(Boolean).map(roleWord).join(t("、")) || t("无") : value;
}
