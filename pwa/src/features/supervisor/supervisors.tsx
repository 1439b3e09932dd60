/** 社会监督员: who is engaged, until when; appointment for a term, and its end (SUP-02). */
import { useState } from "preact/hooks";
import { go, SubmitBar, useMe, type ScreenProps } from "../../app/feature";
import { date, dayOf, names, t } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Supervisor } from "../../sync/types.gen";
import { Button, Buttons, Cell, Chips, DayField, Empty, Facts, List, Section, Sheet, SplitView, Tag, TextArea, TextField } from "../../ui";
import { kindWord, STATE_TONES, stateWord } from "./words";

const YEAR_DAYS = 364;
const DAY_MS = 86_400_000;

export default function Supervisors({ sync, params }: ScreenProps) {
  const me = useMe();
  const rows = [...sync.rows("supervisor").value].sort(([, a], [, b]) => a.body.name.localeCompare(b.body.name, "zh-Hans-CN"));
  const open = rows.find(([rid]) => rid === params["id"]);
  const proposes = ["OFF", "EFF", "CHECK"].some((role) => me?.roles.includes(role));
  const list = (
    <div class="stack">
      {proposes && (
        <Button tone="main" onPress={() => go("/supervisors/new")}>
          {t("推荐监督员")}
        </Button>
      )}
      {rows.length === 0 ? (
        <Empty title={t("还没有社会监督员")} icon="me">{t("可以聘请人大代表、政协委员、企业和群众代表等，任期内有受限的账号，到期自动停用。")}</Empty>
      ) : (
        <List label={t("社会监督员")}>
          {rows.map(([rid, { body, pending }]) => (
            <Cell
              key={rid}
              title={body.name}
              sub={[kindWord(body.kind), body.to_day ? t("任期至 {day}", { day: date(body.to_day) }) : ""].filter(Boolean).join("\u00a0· ")}
              value={<Tag tone={STATE_TONES[body.state]}>{pending ? t("已存本机") : stateWord(body.state)}</Tag>}
              href={`/supervisors/${rid}`}
              on={rid === params["id"]}
            />
          ))}
        </List>
      )}
    </div>
  );
  return <SplitView list={list} detail={open ? <Detail key={open[0]} sync={sync} rid={open[0]} view={open[1]} /> : null} hint={t("选一位监督员查看。")} />;
}

function Detail({ sync, rid, view }: { sync: Sync; rid: string; view: View<Supervisor> }) {
  const me = useMe();
  const [asking, setAsking] = useState<"appoint" | "end" | null>(null);
  const one = view.body;
  const decides = ["OFF", "LEAD", "TOP"].some((role) => me?.roles.includes(role)) && !view.pending;
  const ended = ["resigned", "dismissed"].includes(one.state);
  return (
    <Section title={one.name} aside={<Tag tone={STATE_TONES[one.state]}>{view.pending ? t("已存本机") : stateWord(one.state)}</Tag>}>
      <Facts
        facts={[
          [t("类别"), kindWord(one.kind)],
          [t("监督范围"), one.units.length === 0 ? t("全部窗口单位") : Object.values(one.unit_names).map(names).join(t("、"))],
          ...(one.number ? [[t("证号"), one.number] as [string, string]] : []),
          ...(one.from_day && one.to_day ? [[t("任期"), t("{from} 至 {to}", { from: date(one.from_day), to: date(one.to_day) })] as [string, string]] : []),
          ...(one.checked ? [[t("审核情况"), one.checked] as [string, string]] : []),
          ...(one.text ? [[t("说明"), one.text] as [string, string]] : []),
        ]}
      />
      {decides && (
        <Buttons>
          {one.number && !ended && (
            <Button tone="danger" onPress={() => setAsking("end")}>
              {t("结束聘任")}
            </Button>
          )}
          <Button tone={one.state === "active" ? "plain" : "main"} onPress={() => setAsking("appoint")}>
            {one.number ? t("续聘") : t("聘任")}
          </Button>
        </Buttons>
      )}
      {asking === "appoint" && <AppointSheet sync={sync} rid={rid} view={view} onClose={() => setAsking(null)} />}
      {asking === "end" && <EndSheet sync={sync} rid={rid} view={view} onClose={() => setAsking(null)} />}
    </Section>
  );
}

interface SheetProps {
  sync: Sync;
  rid: string;
  view: View<Supervisor>;
  onClose: () => void;
}

function AppointSheet({ sync, rid, view, onClose }: SheetProps) {
  const today = dayOf(sync.now());
  const [form, setForm] = useState({ number: view.body.number ?? "", from_day: today, to_day: dayOf(sync.now() + YEAR_DAYS * DAY_MS) });
  const change = (patch: Partial<typeof form>) => setForm({ ...form, ...patch });
  const submit = async () => {
    const receipt = await sync.save("sup.appoint", { ...form, number: form.number.trim() }, { rid, guard: { [rid]: view.ver } });
    onClose();
    return receipt;
  };
  const missing = !form.number.trim() || !form.from_day || form.to_day < form.from_day;
  return (
    <Sheet open title={t("聘任监督员")} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("聘任")} disabled={missing} />}>
      <TextField label={t("证号")} required max={32} value={form.number} hint={t("也是登录账号；密码由管理员设定。")} onChange={(number) => change({ number })} />
      <DayField required label={t("任期开始")} value={form.from_day} onChange={(from_day) => change({ from_day })} />
      <DayField required label={t("任期结束")} value={form.to_day} min={form.from_day} onChange={(to_day) => change({ to_day })} />
      <p class="muted">{t("任期内只看得到自己的任务、检查表、报告和已公布的结果；到期账号自动停用。")}</p>
    </Sheet>
  );
}

function EndSheet({ sync, rid, view, onClose }: SheetProps) {
  const [why, setWhy] = useState<"resigned" | "dismissed">("resigned");
  const [text, setText] = useState("");
  const submit = async () => {
    const receipt = await sync.save("sup.end", { why, text: text.trim() }, { rid, guard: { [rid]: view.ver } });
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={t("结束聘任")} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("结束聘任")} disabled={text.trim() === ""} note={t("账号立即停用，记录留存。")} />}>
      <Chips
        label={t("原因")}
        value={why}
        options={[
          { value: "resigned" as const, label: t("本人辞任") },
          { value: "dismissed" as const, label: t("解聘") },
        ]}
        onChange={setWhy}
      />
      <TextArea label={t("说明")} required rows={2} max={500} value={text} onChange={setText} />
    </Sheet>
  );
}
