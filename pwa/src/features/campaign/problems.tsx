/** 问题清单: every problem this person may see, what was done about it, and the next step (RCT). */
import { useState } from "preact/hooks";
import { Attachments, AttachField, go, SubmitBar, useMe, type ScreenProps } from "../../app/feature";
import { date, exact, t, when } from "../../i18n";
import type { LocalReceipt, Photo, Sync, View } from "../../sync/api";
import type { OrderProblem, Problem } from "../../sync/types.gen";
import { Button, Buttons, Cell, Check, Chips, Empty, Facts, List, Notice, Section, Select, Sheet, SplitView, Tag, TextArea } from "../../ui";
import { dueDay } from "../hall/due-day";
import { personName, unitName } from "../hall/names";
import { actsOf, isComing, wanting, type Act } from "./model";
import { codeWord, LEVEL_TONES, levelWord, sourceWord, STATE_TONES, stateWord, stepWord } from "./words";

type Filter = "open" | "verify" | "all";
const ENDED = ["verified", "not_done", "lifted"];
const MATCHES: Record<Filter, (problem: Problem) => boolean> = {
  open: (problem) => !ENDED.includes(problem.state),
  verify: (problem) => problem.state === "claimed",
  all: () => true,
};

export default function Problems({ sync, params }: ScreenProps) {
  const [filter, setFilter] = useState<Filter>("open");
  const me = useMe();
  const all = [...sync.rows("problem").value].sort(([, { body: a }], [, { body: b }]) => Number(b.overdue ?? false) - Number(a.overdue ?? false) || b.found_at - a.found_at);
  const open = all.find(([rid]) => rid === params["id"]);
  const finds = ["INS", "HEAD", "EFF", "CHECK", "OFF", "LEAD"].some((role) => me?.roles.includes(role));
  const count = (of: Filter) => String(all.filter(([, { body }]) => MATCHES[of](body)).length);
  const shown = all.filter(([, { body }]) => MATCHES[filter](body));
  const list = (
    <div class="stack">
      {finds && (
        <Button tone="main" onPress={() => go("/problems/new")}>
          {t("登记问题")}
        </Button>
      )}
      {finds && (
        <Button icon="overview" onPress={() => go("/problem-board")}>
          {t("问题看板")}
        </Button>
      )}
      <Chips<Filter>
        label={t("按状态筛选")}
        hideLabel
        options={[
          { value: "open", label: t("未办结"), sub: count("open") },
          { value: "verify", label: t("待核实"), sub: count("verify") },
          { value: "all", label: t("全部"), sub: count("all") },
        ]}
        value={filter}
        onChange={setFilter}
      />
      {shown.length === 0 ? (
        <Empty title={t("没有这一类问题")}>{t("自查、巡查、检查发现的问题会列在这里，直到核实销号。")}</Empty>
      ) : (
        <List label={t("问题清单")}>
          {shown.map(([rid, { body, pending }]) => (
            <Cell
              key={rid}
              title={
                <>
                  <Tag tone={LEVEL_TONES[body.level]}>{levelWord(body.level)}</Tag> {codeWord(sync, body.code)}
                </>
              }
              sub={[unitName(sync.rows("unit").value, body.unit), pending ? t("已存本机") : "", body.disputed ? t("单位提出异议") : "", body.due_day ? t("{day}前", { day: date(body.due_day) }) : ""].filter(Boolean).join("\u00a0· ")}
              value={<Tag tone={body.overdue ? "bad" : STATE_TONES[body.state]}>{body.overdue && !ENDED.includes(body.state) ? t("已逾期") : stateWord(body.state)}</Tag>}
              href={`/problems/${rid}`}
              on={rid === params["id"]}
            />
          ))}
        </List>
      )}
    </div>
  );
  return <SplitView list={list} detail={open ? <Detail key={open[0]} sync={sync} rid={open[0]} view={open[1]} /> : null} hint={t("选一个问题查看。")} />;
}

function Detail({ sync, rid, view }: { sync: Sync; rid: string; view: View<Problem> }) {
  const problem = view.body;
  const people = sync.rows("person").value;
  const facts: [string, preact.ComponentChildren][] = [
    [t("单位"), unitName(sync.rows("unit").value, problem.unit)],
    [t("来源"), sourceWord(problem.source)],
    [t("情况"), problem.text],
  ];
  if (problem.demand) facts.push([t("整改要求"), problem.demand], [t("责任人"), personName(people, problem.owner)]);
  if (problem.due_day) facts.push([t("整改期限"), dueDay({ ...problem, due_day: problem.due_day })]);
  if (problem.first_due_day) facts.push([t("原定期限"), problem.extended ? t("{day}，没有按期完成，已展期", { day: date(problem.first_due_day) }) : t("{day}，已展期", { day: date(problem.first_due_day) })]);
  const withdrawn = problem.steps.find(({ step }) => step === "withdrawn");
  const kinds = { before: t("整改前"), after: t("整改后") };
  return (
    <div class="stack">
      <Section title={`${problem.code} ${codeWord(sync, problem.code)}`} aside={<Tag tone={STATE_TONES[problem.state]}>{view.pending ? t("已存本机") : stateWord(problem.state)}</Tag>}>
        {problem.code_open && <Notice tone="warn" title={t("自查时用的代码当时不能由本单位使用，请核对。")} />}
        {problem.state === "lifted" && (
          <Notice tone="info" title={withdrawn ? t("登记有误，已经撤销：{text}", { text: withdrawn.text ?? "" }) : t("所依据的记录已经撤回或作废，这个问题不再计入，也不用再整改。")} />
        )}
        {problem.disputed && <Notice tone="warn" title={t("单位提出异议。由登记人以外的人重新交办，或者撤销；在此之前不写入通报。")} />}
        {problem.unproven && <Notice tone="warn" title={t("报告完成的时间无法证明，不算按期，也不算逾期。")} />}
        {problem.recurs && (
          <Notice tone="warn" title={t("同一问题再次出现，已提级。")}>
            <a href={`/problems/${problem.recurs}`}>{t("看上一次怎样整改的")}</a>
          </Notice>
        )}
        {(problem.many ?? 0) > 0 && <Notice tone="warn" title={t("本单位近期同类问题 {n} 个，应整体纠正。", { n: problem.many ?? 0 })} />}
        <Facts facts={facts} />
        {(["before", "after"] as const).map((part) => {
          const blobs = problem.blobs?.filter(({ sha256 }) => problem[part]?.includes(sha256));
          return blobs?.length ? (
            <div key={part}>
              <small>{kinds[part]}</small>
              <Attachments rid={rid} blobs={blobs} />
            </div>
          ) : null;
        })}
        <Next sync={sync} rid={rid} view={view} />
        {!view.pending && problem.demand && (
          <p>
            <a href={`/papers/rectify_order/${rid}`}>{t("打印整改通知书")}</a> {["claimed", "returned", "verified", "not_done"].includes(problem.state) && <a href={`/papers/rectify_reply/${rid}`}>{t("打印整改回执")}</a>}
          </p>
        )}
      </Section>
      <Section title={t("办理经过")}>
        <List>
          {problem.steps.map((one, at) => (
            <Cell key={at} title={stepWord(one.step)} sub={[one.text, one.unshown && t("无材料：{text}", { text: one.unshown }), personName(people, one.by), exact(one.at)].filter(Boolean).join("\u00a0· ")} />
          ))}
        </List>
      </Section>
      <small>{t("发现于 {time}", { time: when(problem.found_at, sync.now()) })}</small>
    </div>
  );
}

function Next({ sync, rid, view }: { sync: Sync; rid: string; view: View<Problem> }) {
  const me = useMe();
  const [open, setOpen] = useState<Act | null>(null);
  const acts = actsOf(view.body, sync.uid, me);
  const words: Record<Act, string> = { answer: t("说明情况"), withdraw: t("撤销登记"), order: view.body.demand ? t("重新交办") : t("交办"), measures: t("写措施"), claim: t("报告完成"), accept: t("核实通过"), return: t("退回"), close: t("认定未整改") };
  if (acts.length === 0 || view.pending) return null;
  return (
    <>
      <Buttons>
        {acts.map((act, at) => (
          <Button key={act} tone={["close", "return", "withdraw"].includes(act) ? "danger" : at === acts.length - 1 ? "main" : "plain"} onPress={() => setOpen(act)}>
            {words[act]}
          </Button>
        ))}
      </Buttons>
      {open && <ActSheet sync={sync} rid={rid} view={view} act={open} title={words[open]} onClose={() => setOpen(null)} />}
    </>
  );
}

function ActSheet({ sync, rid, view, act, title, onClose }: { sync: Sync; rid: string; view: View<Problem>; act: Act; title: string; onClose: () => void }) {
  const [text, setText] = useState("");
  const [unshown, setUnshown] = useState("");
  const [dispute, setDispute] = useState(false);
  const [owner, setOwner] = useState(view.body.owner ?? "");
  const [complexity, setComplexity] = useState<NonNullable<OrderProblem["complexity"]>>("simple");
  const [before, setBefore] = useState<Photo[]>([]);
  const [after, setAfter] = useState<Photo[]>([]);
  const people = [...sync.rows("person").value].filter(([, { body }]) => body.unit === view.body.unit);
  const words = text.trim();
  const why = unshown.trim();
  const guard = { rid, guard: { [rid]: view.ver } };
  const hashes = (photos: readonly Photo[]) => photos.map(({ sha256 }) => sha256);
  const save: Record<Act, () => Promise<LocalReceipt>> = {
    answer: () => sync.save("problem.answer", { text: words, ...(dispute ? { dispute } : {}) }, { rid }),
    withdraw: () => sync.save("problem.withdraw", { text: words }, guard),
    order: () => sync.save("problem.order", { demand: words, owner, complexity }, guard),
    measures: () => sync.save("problem.measures", { text: words }, { rid }),
    claim: () => sync.save("problem.claim", { text: words, before: hashes(before), after: hashes(after) }, { rid, blobs: [...before, ...after] }),
    accept: () => sync.save("problem.verify", { accept: true, text: words, ...(why ? { unshown: why } : {}) }, guard),
    return: () => sync.save("problem.verify", { accept: false, text: words }, guard),
    close: () => sync.save("problem.close", { text: words }, guard),
  };
  const submit = async () => {
    const receipt = await save[act]();
    onClose();
    return receipt;
  };
  const lacks = act === "accept" ? wanting(view.body) : "";
  const bare = lacks !== "";
  const missing = ((act !== "accept" || bare) && words === "") || (act === "order" && owner === "") || lacks === "material" || (lacks === "reason" && why === "");
  const hints: Record<Act, string> = {
    answer: t("说明事实和经过，会和问题一起保存。"),
    withdraw: t("写明错在哪里，比如登记错单位、重复登记。单位和责任人会看到，记录保留，不再计数。"),
    order: t("写明要改什么、改到什么程度。"),
    measures: t("准备怎样改，谁来做。"),
    claim:
      before.length > 0 && after.length > 0
        ? t("写明怎样改的，附整改前后的照片。")
        : view.body.proof === "material"
          ? t("写明怎样改的。必须附整改前和整改后的照片，缺一张就不能核实通过。")
          : t("写明怎样改的。请附整改前和整改后的照片；拍不到的写明原因，由核实人现场查看。"),
    accept: bare ? t("没有整改前后的材料，请写明是怎样核实的。") : t("可以写明怎样核实的。"),
    return: t("写明哪里没有改好。"),
    close: t("写明认定的依据；期限内形成的整改材料送达后会自动恢复。"),
  };
  return (
    <Sheet open title={title} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={title} disabled={missing} />}>
      {bare && isComing(view.body) && <Notice tone="info" title={t("整改照片还没有全部送到，送到后这里会显示，到时再核实。")} />}
      {lacks === "material" && !isComing(view.body) && <Notice tone="warn" title={t("没有整改前后的材料，按本厅规定不能核实通过。请退回，让责任人补上照片。")} />}
      <TextArea label={t("说明")} required={act !== "accept" || bare} rows={3} max={1000} value={text} onChange={setText} hint={hints[act]} />
      {lacks === "reason" && (
        <TextArea label={t("为什么无法提供材料")} required rows={2} max={500} value={unshown} onChange={setUnshown} hint={t("现场发现的问题应有整改前后的照片；确实拍不到的写明原因。")} />
      )}
      {act === "answer" && <Check label={t("提出异议")} hint={t("认为情况不属实或不是本单位的。")} value={dispute} onChange={setDispute} />}
      {act === "order" && (
        <>
          <Select
            label={t("责任人")}
            value={owner}
            options={[{ value: "", label: t("请选择") }, ...people.map(([value, { body }]) => ({ value, label: body.name }))]}
            onChange={setOwner}
          />
          <Chips
            label={t("期限")}
            options={[
              { value: "simple", label: t("一般"), sub: t("{n} 个工作日", { n: days(sync, "rct.simple_days", 5) }) },
              { value: "complex", label: t("复杂"), sub: t("{n} 个工作日", { n: days(sync, "rct.complex_days", 15) }) },
            ]}
            value={complexity}
            onChange={setComplexity}
          />
        </>
      )}
      {act === "claim" && (
        <>
          <b>{t("整改前")}</b>
          <AttachField value={before} onChange={setBefore} max={3} />
          <b>{t("整改后")}</b>
          <AttachField value={after} onChange={setAfter} max={3} />
        </>
      )}
    </Sheet>
  );
}

const days = (sync: Sync, key: string, otherwise: number): number => Number(sync.rows("hall").value.get("hall")?.body.rules[key] ?? otherwise);
