/** 检查人员: who visits for the check team, from outside or of the hall, until when; a first password shown once (CHK-05, CHK-06). */
import { useState } from "preact/hooks";
import { SubmitBar, type ScreenProps } from "../../app/feature";
import { dayOf, names, t } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { CheckVisitor } from "../../sync/types.gen";
import { Button, Cell, Chips, Confirm, DayField, Empty, Facts, List, Section, Select, Sheet, SplitView, Tag, TextField } from "../../ui";
import { useAct } from "../hall/act";
import { FirstPassword } from "../hall/first-password";
import { addDays } from "../hall/terms";
import { said, spanWord } from "./words";

const TERM_DAYS = 364;

export default function Visitors({ sync, params }: ScreenProps) {
  const [adding, setAdding] = useState(false);
  const rows = [...sync.rows("check.visitor").value].sort(
    ([, a], [, b]) => Number(a.body.ended ?? false) - Number(b.body.ended ?? false) || a.body.name.localeCompare(b.body.name, "zh-Hans-CN"),
  );
  const open = rows.find(([rid]) => rid === params["id"]);
  const list = (
    <div class="stack">
      <Button tone="main" onPress={() => setAdding(true)}>
        {t("增加检查人员")}
      </Button>
      {rows.length === 0 ? (
        <Empty title={t("还没有检查人员")} icon="me">{t("厅外人员有自己的账号，到期自动停用；除牵头人外没有人看得到。")}</Empty>
      ) : (
        <List label={t("检查人员")}>
          {rows.map(([rid, view]) => (
            <Cell key={rid} title={view.body.name} sub={[whence(sync, view.body), spanWord(view.body)].filter(Boolean).join("\u00a0· ")} value={<State view={view} />} href={`/visitors/${rid}`} on={rid === params["id"]} />
          ))}
        </List>
      )}
      {adding && <Add sync={sync} onClose={() => setAdding(false)} />}
    </div>
  );
  return <SplitView list={list} detail={open ? <Detail key={open[0]} sync={sync} rid={open[0]} view={open[1]} /> : null} hint={t("选一位检查人员查看。")} />;
}

/** The unit of somebody of the hall; the others come from outside. */
const whence = (sync: Sync, body: CheckVisitor): string => (body.unit ? names(sync.rows("unit").value.get(body.unit)?.body.names) : t("厅外人员"));

function State({ view: { body, pending } }: { view: View<CheckVisitor> }) {
  if (pending) return <Tag tone="info">{t("已存本机")}</Tag>;
  return body.ended ? <Tag tone="idle">{t("已停用")}</Tag> : <Tag tone="ok">{t("在用")}</Tag>;
}

function Detail({ sync, rid, view }: { sync: Sync; rid: string; view: View<CheckVisitor> }) {
  const act = useAct();
  const [asking, setAsking] = useState<"term" | "end" | null>(null);
  const one = view.body;
  const outside = Boolean(one.number);
  const end = async () => {
    setAsking(null);
    await act(() => sync.save("check.visitor", { ends: true }, said(sync, "check.visitor", rid)));
  };
  return (
    <div class="stack">
      <Section title={one.name} aside={<State view={view} />}>
        <Facts
          facts={[
            [t("单位"), whence(sync, one)],
            ...(one.number ? [[t("登录账号"), one.number] as [string, string]] : []),
            ...(spanWord(one) ? [[t("期限"), spanWord(one)] as [string, string]] : []),
          ]}
        />
        {!view.pending && rid !== sync.uid && (
          <div class="stack">
            <Button onPress={() => setAsking("term")}>{t("另定期限")}</Button>
            {!one.ended && (
              <Button tone="danger" onPress={() => setAsking("end")}>
                {t("停用")}
              </Button>
            )}
          </div>
        )}
      </Section>
      {outside && !one.ended && !view.pending && <FirstPassword site={sync.site} uid={rid} />}
      {asking === "term" && <Term sync={sync} rid={rid} outside={outside} onClose={() => setAsking(null)} />}
      <Confirm open={asking === "end"} title={t("{name} 不再参加检查？", { name: one.name })} confirm={t("停用")} tone="danger" onClose={() => setAsking(null)} onConfirm={() => void end()}>
        <p>{outside ? t("账号立即停用，记录留存。") : t("其他角色不变，记录留存。")}</p>
      </Confirm>
    </div>
  );
}

function Term({ sync, rid, outside, onClose }: { sync: Sync; rid: string; outside: boolean; onClose: () => void }) {
  const today = dayOf(sync.now());
  const [last, setLast] = useState(addDays(today, TERM_DAYS));
  const submit = async () => {
    const receipt = await sync.save("check.visitor", { last_day: last }, said(sync, "check.visitor", rid));
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={t("另定期限")} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("保存")} disabled={last < today} />}>
      <LastDay value={last} today={today} outside={outside} onChange={setLast} />
    </Sheet>
  );
}

function LastDay({ value, today, outside, onChange }: { value: string; today: string; outside: boolean; onChange: (day: string) => void }) {
  return <DayField required label={t("最后一天")} hint={outside ? t("过了这一天，账号自动停用。") : t("过了这一天，不再参加检查。")} value={value} min={today} onChange={onChange} />;
}

function Add({ sync, onClose }: { sync: Sync; onClose: () => void }) {
  const today = dayOf(sync.now());
  const known = sync.rows("check.visitor").value;
  const [from, setFrom] = useState<"outside" | "hall">("outside");
  const [name, setName] = useState("");
  const [uid, setUid] = useState("");
  const [last, setLast] = useState(addDays(today, TERM_DAYS));
  const people = [...sync.rows("person").value]
    .filter(([id, { body }]) => !body.left && id !== sync.uid && !known.has(id) && body.roles.length > 0)
    .sort(([, a], [, b]) => a.body.name.localeCompare(b.body.name, "zh-Hans-CN"));
  const submit = async () => {
    const receipt =
      from === "outside" ? await sync.save("check.visitor", { name: name.trim(), last_day: last }) : await sync.save("check.visitor", { last_day: last }, said(sync, "check.visitor", uid));
    onClose();
    return receipt;
  };
  const missing = (from === "outside" ? name.trim() === "" : uid === "") || last < today;
  return (
    <Sheet open title={t("增加检查人员")} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("增加")} disabled={missing} />}>
      <Chips
        label={t("来自")}
        value={from}
        options={[
          { value: "outside" as const, label: t("厅外人员") },
          { value: "hall" as const, label: t("本厅人员") },
        ]}
        onChange={setFrom}
      />
      {from === "outside" ? (
        <TextField label={t("姓名")} required max={120} value={name} hint={t("登录账号由系统编定，保存后在这里发放密码。")} onChange={setName} />
      ) : (
        <Select label={t("人员")} required value={uid} options={[{ value: "", label: t("请选择") }, ...people.map(([value, { body }]) => ({ value, label: `${body.name} · ${body.badge}` }))]} onChange={setUid} />
      )}
      {from === "hall" && <p class="muted">{t("原有角色不变；不会抽到本人所在单位。")}</p>}
      <LastDay value={last} today={today} outside={from === "outside"} onChange={setLast} />
    </Sheet>
  );
}
