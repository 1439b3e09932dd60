/** What a person's entitlements rest on, and balances that are set by the office: opening balances, overtime for 调休 (LV-08, LV-11). */
import { useState } from "preact/hooks";
import { dayOf, names, t } from "../../i18n";
import type { OpArgs } from "../../sync/types.gen";
import { Button, Buttons, Card, Chips, DayField, Notice, Select, Table, TextField } from "../../ui";
import { useAct } from "../hall/act";
import { isOwn, typesOn } from "./model";
import type { LeaveBook } from "./rows";
import { daysWord, numberOf, typeWord } from "./words";

type Entitle = OpArgs["leave.entitle"];

export function PersonForm({ book, uid, onDone }: { book: LeaveBook; uid: string; onDone: () => void }) {
  const { sync, rows, now } = book;
  const act = useAct();
  const today = dayOf(now);
  const year = today.slice(0, 4);
  const person = rows.people.get(uid)?.body;
  const account = rows.accounts.get(uid)?.body;
  const [since, setSince] = useState(account?.worked_since ?? "");
  const [sex, setSex] = useState<NonNullable<Entitle["sex"]>>(account?.sex ?? "");
  const [status, setStatus] = useState<NonNullable<Entitle["status"]>>(account?.status ?? "");
  const [granted, setGranted] = useState<Record<string, string>>(Object.fromEntries(Object.entries(account?.granted ?? {}).map(([key, amount]) => [key, numberOf(amount)])));
  const [adding, setAdding] = useState("");
  if (!person) return null;
  const kinds = typesOn(rows.types, today).filter(isOwn);
  const own = Object.keys(granted).filter((key) => key.startsWith(`${year}:`));
  const addable = kinds.filter(({ code }) => !own.includes(`${year}:${code}`));
  const wrong = Object.values(granted).some((text) => text !== "" && !(Number(text) >= 0 && Number(text) <= 400));
  const save = () =>
    act(async () => {
      const amounts = Object.fromEntries(Object.entries(granted).flatMap(([key, text]) => (text === "" ? [] : [[key, Math.round(Number(text) * 100)]])));
      const receipt = await sync.save("leave.entitle", { worked_since: since, sex, status, granted: amounts }, { rid: uid });
      onDone();
      return receipt;
    });
  return (
    <Card>
      <div class="stack">
        <h2>{person.name}</h2>
        <DayField label={t("参加工作日期")} hint={t("年休假天数由此计算。")} value={since} max={today} onChange={setSince} />
        <Chips<typeof sex> label={t("性别（只用于限定性别的假别）")} options={[{ value: "f", label: t("女") }, { value: "m", label: t("男") }, { value: "", label: t("不填") }]} value={sex} onChange={setSex} />
        <Chips<typeof status>
          label={t("身份（旷工天数的算法由此而定）")}
          options={[
            { value: "civil_servant", label: t("公务员") },
            { value: "institution", label: t("事业单位人员") },
            { value: "contract", label: t("聘用或派遣") },
            { value: "", label: t("不填") },
          ]}
          value={status}
          onChange={setStatus}
        />
        {own.map((key) => (
          <TextField
            key={key}
            label={t("{type} {year} 年额度（天）", { type: typeWord(rows.types, key.slice(5), now), year })}
            hint={t("代替按规定算出的天数；清空即恢复按规定计算。")}
            inputMode="tel"
            max={6}
            value={granted[key] ?? ""}
            onChange={(text) => setGranted({ ...granted, [key]: text.trim() })}
          />
        ))}
        {addable.length > 0 && (
          <div class="lv-pick">
            <Select label={t("另定额度的假别")} value={adding} options={[{ value: "", label: t("请选择") }, ...addable.map(({ code, rule }) => ({ value: code, label: names(rule.names) }))]} onChange={setAdding} />
            <Button disabled={adding === ""} onPress={() => (setGranted({ ...granted, [`${year}:${adding}`]: "0" }), setAdding(""))}>
              {t("加入")}
            </Button>
          </div>
        )}
        {wrong && <Notice tone="bad" title={t("额度是 0 到 400 之间的天数。")} />}
        <Buttons>
          <Button onPress={onDone}>{t("取消")}</Button>
          <Button tone="main" disabled={wrong} onPress={() => void save()}>
            {t("保存")}
          </Button>
        </Buttons>
        {account && account.balances.length > 0 && (
          <Table
            caption={t("现在的余额")}
            columns={[
              { id: "type", title: t("假别"), cell: (one) => typeWord(rows.types, one.type, now) },
              { id: "year", title: t("年度"), cell: (one) => String(one.year), numeric: true },
              { id: "granted", title: t("额度"), cell: (one) => (one.granted === null || one.granted === undefined ? t("不限") : daysWord(one.granted)), numeric: true },
              { id: "used", title: t("已用"), cell: (one) => daysWord(one.used - (one.booked ?? 0)), numeric: true },
              { id: "booked", title: t("已批未休"), cell: (one) => daysWord(one.booked ?? 0), numeric: true },
              { id: "pending", title: t("待批"), cell: (one) => daysWord(one.pending), numeric: true },
            ]}
            rows={account.balances}
            rowKey={(one) => `${one.type}${one.year}`}
          />
        )}
      </div>
    </Card>
  );
}
