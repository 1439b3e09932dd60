/** 报修与维修: everything that does not work and this person may see, and the next step (FAC-05). */
import { useState } from "preact/hooks";
import { AttachField, Attachments, go, SubmitBar, useMe, type ScreenProps } from "../../app/feature";
import { date, dayOf, exact, names, t, when } from "../../i18n";
import type { LocalReceipt, Photo, Sync, View } from "../../sync/api";
import type { RepairTask } from "../../sync/types.gen";
import { Button, Buttons, Cell, Chips, DayField, Empty, Facts, List, Notice, Section, Select, Sheet, SplitView, Tag, TextArea } from "../../ui";
import { dueDay } from "../hall/due-day";
import { personName, unitName } from "../hall/names";
import { actsOf, isShut, type Act } from "./model";
import { kindWord, placeWord, SEVERITY_TONES, severityWord, STATE_TONES, stateWord, stepWord, whatWord } from "./words";

type Filter = "open" | "check" | "all";
const MATCHES: Record<Filter, (repair: RepairTask) => boolean> = {
  open: (repair) => repair.state === "reported" || repair.state === "assigned",
  check: (repair) => repair.state === "repaired",
  all: () => true,
};

export default function Repairs({ sync, params }: ScreenProps) {
  const [filter, setFilter] = useState<Filter>("open");
  const all = [...sync.rows("repair").value].sort(([, { body: a }], [, { body: b }]) => Number(b.overdue ?? false) - Number(a.overdue ?? false) || b.reported_at - a.reported_at);
  const open = all.find(([rid]) => rid === params["id"]);
  const count = (of: Filter) => String(all.filter(([, { body }]) => MATCHES[of](body)).length);
  const shown = all.filter(([, { body }]) => MATCHES[filter](body));
  const list = (
    <div class="stack">
      <Button tone="main" onPress={() => go("/repairs/new")}>
        {t("报修")}
      </Button>
      <Chips<Filter>
        label={t("按状态筛选")}
        hideLabel
        options={[
          { value: "open", label: t("待修"), sub: count("open") },
          { value: "check", label: t("待检查"), sub: count("check") },
          { value: "all", label: t("全部"), sub: count("all") },
        ]}
        value={filter}
        onChange={setFilter}
      />
      {shown.length === 0 ? (
        <Empty title={t("没有这一类报修")}>{t("看到坏了的、缺了的就报修；修好后由别人检查。")}</Empty>
      ) : (
        <List label={t("报修与维修")}>
          {shown.map(([rid, { body, pending }]) => (
            <Cell
              key={rid}
              title={
                <>
                  <Tag tone={SEVERITY_TONES[body.severity]}>{severityWord(body.severity)}</Tag> {whatWord(body)}
                </>
              }
              sub={[placeWord(sync, body.place), pending ? t("已存本机") : "", body.due_day ? t("{day}前", { day: date(body.due_day) }) : ""].filter(Boolean).join("\u00a0· ")}
              value={<>{body.extended && <Tag tone="warn">{t("展期")}</Tag>} <Tag tone={body.overdue ? "bad" : STATE_TONES[body.state]}>{body.overdue && body.state === "assigned" ? t("已逾期") : stateWord(body.state)}</Tag></>}
              href={`/repairs/${rid}`}
              on={rid === params["id"]}
            />
          ))}
        </List>
      )}
    </div>
  );
  return <SplitView list={list} detail={open ? <Detail key={open[0]} sync={sync} rid={open[0]} view={open[1]} /> : null} hint={t("选一项报修查看。")} />;
}

function Detail({ sync, rid, view }: { sync: Sync; rid: string; view: View<RepairTask> }) {
  const repair = view.body;
  const people = sync.rows("person").value;
  const facts: [string, preact.ComponentChildren][] = [
    [t("地点"), placeWord(sync, repair.place)],
    ...(repair.unit ? ([[t("单位"), unitName(sync.rows("unit").value, repair.unit)]] as [string, string][]) : []),
    [t("问题类别"), kindWord(repair.kind)],
    [t("程度"), severityWord(repair.severity)],
    ...(repair.text ? ([[t("情况"), repair.text]] as [string, string][]) : []),
    ...(repair.owner ? ([[t("维修人"), personName(people, repair.owner)]] as [string, string][]) : []),
    ...(repair.due_day ? ([[t("维修期限"), dueDay({ ...repair, due_day: repair.due_day })]] as [string, string][]) : []),
    ...(repair.first_due_day ? ([[t("原定期限"), repair.extended ? t("{day}，没有按期完成，已展期", { day: date(repair.first_due_day) }) : t("{day}，已展期", { day: date(repair.first_due_day) })]] as [string, string][]) : []),
  ];
  const after = repair.blobs?.filter(({ sha256 }) => repair.after?.includes(sha256));
  const before = repair.blobs?.filter(({ sha256 }) => !repair.after?.includes(sha256));
  return (
    <div class="stack">
      <Section title={repair.names && names(repair.names) ? `${repair.item ?? ""} ${names(repair.names)}` : repair.text} aside={<Tag tone={STATE_TONES[repair.state]}>{view.pending ? t("已存本机") : stateWord(repair.state)}</Tag>}>
        {isShut(repair) && <Notice tone="warn" title={t("窗口因此暂停，大屏已显示。")} />}
        <Facts facts={facts} />
        {before && before.length > 0 && (
          <>
            <small>{t("维修前")}</small>
            <Attachments rid={rid} blobs={before} />
          </>
        )}
        {after && after.length > 0 && (
          <>
            <small>{t("维修后")}</small>
            <Attachments rid={rid} blobs={after} />
          </>
        )}
        {repair.inspection && sync.rows("facility").value.has(repair.inspection) && (
          <p>
            <a href={`/facility/${repair.inspection}`}>{t("看这次场所检查")}</a>
          </p>
        )}
        <Next sync={sync} rid={rid} view={view} />
      </Section>
      <Section title={t("办理经过")}>
        <List>
          {repair.steps.map((one, at) => (
            <Cell key={at} title={stepWord(one.step)} sub={[one.text, personName(people, one.by), exact(one.at)].filter(Boolean).join("\u00a0· ")} />
          ))}
        </List>
      </Section>
      <small>{t("报修于 {time}", { time: when(repair.reported_at, sync.now()) })}</small>
    </div>
  );
}

function Next({ sync, rid, view }: { sync: Sync; rid: string; view: View<RepairTask> }) {
  const me = useMe();
  const [open, setOpen] = useState<Act | null>(null);
  const acts = actsOf(view.body, sync.uid, me);
  const words: Record<Act, string> = { assign: t("派修"), done: t("报告修好"), drop: t("不予维修"), return: t("退回再修"), accept: t("检查通过") };
  if (acts.length === 0 || view.pending) return null;
  return (
    <>
      <Buttons>
        {acts.map((act, at) => (
          <Button key={act} tone={act === "drop" || act === "return" ? "danger" : at === acts.length - 1 ? "main" : "plain"} onPress={() => setOpen(act)}>
            {words[act]}
          </Button>
        ))}
      </Buttons>
      {open && <ActSheet sync={sync} rid={rid} view={view} act={open} title={words[open]} onClose={() => setOpen(null)} />}
    </>
  );
}

function ActSheet({ sync, rid, view, act, title, onClose }: { sync: Sync; rid: string; view: View<RepairTask>; act: Act; title: string; onClose: () => void }) {
  const [text, setText] = useState("");
  const [to, setTo] = useState(view.body.owner ?? "");
  const [day, setDay] = useState("");
  const [photos, setPhotos] = useState<Photo[]>([]);
  const words = text.trim();
  const guard = { rid, guard: { [rid]: view.ver } };
  const people = [...sync.rows("person").value].filter(([, { body }]) => !body.left).sort(([, { body: a }], [, { body: b }]) => Number(b.unit === view.body.unit) - Number(a.unit === view.body.unit));
  const save: Record<Act, () => Promise<LocalReceipt>> = {
    assign: () => sync.save("repair.assign", { to, ...(day ? { due_day: day } : {}), ...(words ? { text: words } : {}) }, guard),
    done: () => sync.save("repair.done", { text: words, at: sync.now() }, { rid, blobs: photos }),
    drop: () => sync.save("repair.drop", { text: words }, guard),
    return: () => sync.save("repair.check", { accept: false, text: words }, guard),
    accept: () => sync.save("repair.check", { accept: true, ...(words ? { text: words } : {}) }, guard),
  };
  const submit = async () => {
    const receipt = await save[act]();
    onClose();
    return receipt;
  };
  const again = act === "assign" && view.body.state === "assigned";
  const optional = (act === "assign" && !again) || act === "accept";
  const hints: Record<Act, string> = {
    assign: again ? t("写明改派或展期的原因；原定期限照样显示。") : t("可以写明怎样修、找谁配合。"),
    done: t("写明怎样修好的，可附照片。"),
    drop: t("写明原因，如已报过或并无故障。"),
    return: t("写明哪里没有修好。"),
    accept: t("可以写明怎样检查的。"),
  };
  return (
    <Sheet open title={title} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={title} disabled={(!optional && words === "") || (act === "assign" && to === "")} />}>
      {act === "assign" && (
        <>
          <Select label={t("维修人")} required value={to} options={[{ value: "", label: t("请选择") }, ...people.map(([value, { body }]) => ({ value, label: `${body.name} ${unitName(sync.rows("unit").value, body.unit)}` }))]} onChange={setTo} />
          <DayField label={t("维修期限")} hint={t("不填的，按程度由大厅规则计算。")} value={day} min={dayOf(sync.now())} onChange={setDay} />
        </>
      )}
      <TextArea label={t("说明")} required={!optional} rows={3} max={500} value={text} onChange={setText} hint={hints[act]} />
      {act === "done" && <AttachField value={photos} onChange={setPhotos} max={3} />}
    </Sheet>
  );
}
