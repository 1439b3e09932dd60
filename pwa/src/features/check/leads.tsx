/** 检查牵头人: whom the director of the hall has lead checks, from which day; nobody else learns of it (CHK-05). */
import { useState } from "preact/hooks";
import { SubmitBar, type ScreenProps } from "../../app/feature";
import { dayOf, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Button, Cell, DayField, Empty, List, Notice, Select, Sheet, Tag } from "../../ui";
import { said, spanWord } from "./words";

export default function Leads({ sync }: ScreenProps) {
  const [open, setOpen] = useState<string | null>(null);
  const rows = [...sync.rows("check.lead").value].sort(([, a], [, b]) => a.body.name.localeCompare(b.body.name, "zh-Hans-CN"));
  const today = dayOf(sync.now());
  return (
    <div class="stack">
      <Notice title={t("只有您和检查牵头人知道谁牵头检查。")}>{t("人员名单、文件和台账里都看不到；办公室和管理员也看不到。")}</Notice>
      <Button tone="main" onPress={() => setOpen("")}>
        {t("指定牵头人")}
      </Button>
      {rows.length === 0 ? (
        <Empty title={t("还没有检查牵头人")} icon="me">{t("牵头人封存检查方案、安排检查人员、公布结果。")}</Empty>
      ) : (
        <List label={t("检查牵头人")}>
          {rows.map(([rid, { body, pending }]) => (
            <Cell
              key={rid}
              title={body.name}
              sub={[names(sync.rows("unit").value.get(body.unit)?.body.names), spanWord(body)].filter(Boolean).join("\u00a0· ")}
              value={pending ? <Tag tone="info">{t("已存本机")}</Tag> : (body.from_day ?? "") > today ? <Tag tone="info">{t("未开始")}</Tag> : null}
              onPress={() => setOpen(rid)}
            />
          ))}
        </List>
      )}
      {open === "" && <Appoint sync={sync} today={today} onClose={() => setOpen(null)} />}
      {open && <TakeBack sync={sync} today={today} rid={open} onClose={() => setOpen(null)} />}
    </div>
  );
}

function Appoint({ sync, today, onClose }: { sync: Sync; today: string; onClose: () => void }) {
  const known = sync.rows("check.lead").value;
  const people = [...sync.rows("person").value]
    .filter(([uid, { body }]) => !body.left && uid !== sync.uid && !known.has(uid))
    .sort(([, a], [, b]) => a.body.name.localeCompare(b.body.name, "zh-Hans-CN"));
  const [uid, setUid] = useState("");
  const [from, setFrom] = useState(today);
  const submit = async () => {
    const receipt = await sync.save("check.appoint", { from_day: from }, said(sync, "check.lead", uid));
    onClose();
    return receipt;
  };
  const unitOf = (unit: string) => names(sync.rows("unit").value.get(unit)?.body.names);
  const options = people.map(([value, { body }]) => ({ value, label: [body.name, body.badge, unitOf(body.unit)].filter(Boolean).join(" · ") }));
  return (
    <Sheet open title={t("指定牵头人")} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("指定")} disabled={uid === "" || from < today} />}>
      <Select label={t("人员")} required value={uid} options={[{ value: "", label: t("请选择") }, ...options]} onChange={setUid} />
      <DayField required label={t("自何日起")} value={from} min={today} onChange={setFrom} />
    </Sheet>
  );
}

function TakeBack({ sync, today, rid, onClose }: { sync: Sync; today: string; rid: string; onClose: () => void }) {
  const view = sync.rows("check.lead").value.get(rid);
  const [from, setFrom] = useState(today);
  const [relieving, setRelieving] = useState(false);
  const submit = async () => {
    const receipt = await sync.save("check.appoint", { from_day: from, ends: true }, said(sync, "check.lead", rid));
    onClose();
    return receipt;
  };
  if (!view) return null;
  if (relieving) return <Relieve sync={sync} today={today} rid={rid} onClose={onClose} />;
  return (
    <Sheet open title={view.body.name} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("不再牵头")} disabled={view.pending || from < today} />}>
      <p class="muted">{spanWord(view.body) || t("没有说过起止日期")}</p>
      <DayField required label={t("自何日起不再牵头")} value={from} min={today} onChange={setFrom} />
      <p class="muted">{t("其检查方案由其他牵头人接手；记录留存。")}</p>
      <Button onPress={() => setRelieving(true)}>{t("换人牵头")}</Button>
    </Sheet>
  );
}

/** Who may lead instead of one: who leads checks already on this day, and not oneself. */
export const heirs = (sync: Sync, of: string, today: string) =>
  [...sync.rows("check.lead").value].filter(([uid, { body }]) => uid !== of && uid !== sync.uid && (body.from_day ?? "") <= today);

/** Another leads all that this one leads: said of people alone, and answered the same whether there is anything (CHK-05). */
function Relieve({ sync, today, rid, onClose }: { sync: Sync; today: string; rid: string; onClose: () => void }) {
  const [to, setTo] = useState("");
  const name = sync.rows("check.lead").value.get(rid)?.body.name ?? "";
  const options = heirs(sync, rid, today).map(([value, { body }]) => ({ value, label: body.name }));
  const submit = async () => {
    const receipt = await sync.save("check.relieve", { to }, said(sync, "check.lead", rid));
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={t("换人牵头：{name}", { name })} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("换人牵头")} disabled={to === ""} />}>
      <p>{t("{name}牵头的检查，不论有没有，都由另一人牵头，原来的人不再看到。用于病休、手机丢失等情况。", { name })}</p>
      <Select label={t("改由谁牵头")} required value={to} options={[{ value: "", label: t("请选择") }, ...options]} onChange={setTo} />
      <p class="muted">{t("不会告诉您有没有检查方案，也不会告诉您是哪些单位。")}</p>
    </Sheet>
  );
}
