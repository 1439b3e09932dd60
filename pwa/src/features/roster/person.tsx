/** A person: names, badge, unit and roles from a day on, qualifications, a first password, and the end. */
import { useState } from "preact/hooks";
import { names, t } from "../../i18n";
import { Card, Facts, MultiChips, Notice, Section, Select, TextField } from "../../ui";
import { FirstPassword } from "../hall/first-password";
import { FormFoot, on } from "../hall/form-foot";
import { NamesFields, said } from "../hall/names-fields";
import type { Roster } from "./rows";
import { holdFrom, moveTo } from "./terms";
import { roleWord } from "./words";

const ROLES = ["STF", "HEAD", "LEAD", "TOP", "INS", "EFF", "DIS", "OFF", "ADM"];
const ADMINISTERED = ["TOP", "EFF", "DIS", "OFF", "ADM"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

interface FormProps {
  roster: Roster;
  id: string | null;
  onDone: () => void;
}

export function PersonForm({ roster, id, onDone }: FormProps) {
  const { sync, rows, today, me } = roster;
  const known = rows?.people.get(id ?? "");
  const file = sync.rows("person.file").value.get(id ?? "")?.body;
  const [name, setName] = useState(known?.name ?? "");
  const [others, setOthers] = useState<Record<string, string>>(known?.names ?? {});
  const [badge, setBadge] = useState(known?.badge ?? "");
  const [unit, setUnit] = useState(known?.unit ?? "");
  const [roles, setRoles] = useState<readonly string[]>(known?.roles ?? ["STF"]);
  const [from, setFrom] = useState(today);
  const [title, setTitle] = useState<Record<string, string>>(known?.title ?? {});
  const [phone, setPhone] = useState(file?.phone ?? "");
  const [employment, setEmployment] = useState(file?.employment ?? "");
  const ver = sync.rows("person").value.get(id ?? "")?.ver;
  if (!rows) return null;
  const units = [...rows.units].map(([value, one]) => ({ value, label: names(one.names) }));
  const offered = ROLES.filter((role) => roles.includes(role) || me?.roles.includes("ADM") || !ADMINISTERED.includes(role));
  const taken = [...rows.people].some(([other, one]) => other !== id && one.badge === badge && !one.left);
  const missing = taken ? t("这个编号已被使用。") : !name.trim() || !badge.trim() || !unit ? t("请填写姓名、工号和单位。") : DAY.test(from) ? null : t("日期请写成 2026-01-31。");
  const args = {
    name,
    badge,
    units: moveTo(file?.units ?? [], known?.unit ?? "", unit, from),
    terms: holdFrom(file?.terms ?? [], known?.roles ?? [], roles, from),
    title: said(title),
    names: said(others),
    phone,
    employment,
    entered: file?.entered ?? "",
    service_base: file?.service_base ?? "",
    rank: file?.rank ?? 0,
  };
  return (
    <div class="stack">
      {known?.left && <Notice title={t("此人已离任，记录保留。")} />}
      <Card>
        <div class="stack">
          <TextField label={t("姓名")} required value={name} max={120} onChange={setName} />
          <TextField label={t("姓名（英文）")} value={others["en"] ?? ""} max={120} onChange={(text) => setOthers({ ...others, en: text })} />
          <TextField label={t("工号")} required value={badge} max={32} onChange={setBadge} />
          <NamesFields label={t("职务")} value={title} onChange={setTitle} />
          <Select label={t("单位")} value={unit} options={[{ value: "", label: t("未选") }, ...units]} onChange={setUnit} />
          <MultiChips label={t("角色")} options={offered.map((role) => ({ value: role, label: roleWord(role) }))} value={roles} onChange={setRoles} />
          <TextField label={t("单位和角色的变动自何日起")} hint={t("以前的日期按原单位、原角色计")} value={from} max={10} onChange={setFrom} />
          <TextField label={t("手机")} type="tel" value={phone} max={32} onChange={setPhone} />
          <TextField label={t("身份类别")} value={employment} max={32} onChange={setEmployment} />
          <FormFoot
            missing={missing}
            onSave={() => sync.save("org.person", args, on(id ?? crypto.randomUUID(), ver))}
            onDone={onDone}
            onCancel={onDone}
            {...(id !== null && id !== sync.uid && !known?.left
              ? { end: { label: t("办理离任"), question: t("自{day}起不再能登录；以前的记录都保留。", { day: from }), onEnd: () => sync.save("org.person_end", { from_day: from }, on(id, ver)) } }
              : {})}
          />
        </div>
      </Card>
      {id !== null && !known?.left && <Skills roster={roster} uid={id} unit={known?.unit ?? ""} />}
      {id !== null && !known?.left && me?.roles.includes("ADM") && <FirstPassword site={sync.site} uid={id} />}
    </div>
  );
}

/** What the person may do of the unit's services (ORG-03). */
function Skills({ roster: { sync, rows }, uid, unit }: { roster: Roster; uid: string; unit: string }) {
  const own = [...(rows?.skills ?? new Map()).values()].filter((one) => one.person === uid).map((one) => one.service);
  const services = [...sync.rows("service").value].filter(([id, { body }]) => body.unit === unit || own.includes(id));
  if (services.length === 0) return null;
  const options = [
    { value: "trained", label: t("已培训") },
    { value: "authorised", label: t("已授权") },
    { value: "seal", label: t("有印章或账号") },
  ];
  return (
    <Section title={t("资质")} aside={t("三项齐全才算全部可办")}>
      <Card>
        <div class="stack">
          {services.map(([service, { body }]) => {
            const rid = `${uid}.${service}`;
            const entry = rows?.skills.get(rid);
            const held = [entry?.trained && "trained", entry?.authorised && "authorised", entry?.seal && "seal"].filter((one) => typeof one === "string");
            const put = (next: readonly string[]) =>
              void sync.save(
                "org.qualify",
                { ...entry, person: uid, service, trained: next.includes("trained"), authorised: next.includes("authorised"), seal: next.includes("seal") },
                { rid },
              );
            return uid === sync.uid ? (
              <Facts key={service} facts={[[names(body.names), options.filter((one) => held.includes(one.value)).map((one) => one.label).join(t("、")) || t("无")]]} />
            ) : (
              <MultiChips key={service} label={names(body.names)} options={options} value={held} onChange={put} />
            );
          })}
        </div>
      </Card>
    </Section>
  );
}
