/** Forms of units, posts, services and zones. */
import { useState } from "preact/hooks";
import { names, t } from "../../i18n";
import type { PutPost, PutUnit } from "../../sync/types.gen";
import { Card, Check, Chips, MultiChips, Select, TextField } from "../../ui";
import { postTitle } from "../hall/names";
import { FormFoot, on } from "../hall/form-foot";
import { NamesFields, said } from "../hall/names-fields";
import { PersonPick } from "./pick";
import type { Roster } from "./rows";
import { sessionWord } from "./words";

interface FormProps {
  roster: Roster;
  /** null: a new one. */
  id: string | null;
  onDone: () => void;
}

const ID = /^[\p{L}\p{N}._-]{1,64}$/u;
const none = () => ({ value: "", label: t("未选") });

export function UnitForm({ roster: { sync, rows }, id, onDone }: FormProps) {
  const known = rows?.units.get(id ?? "");
  const [rid, setRid] = useState(id ?? "");
  const [unit, setUnit] = useState<PutUnit>({ ...known, names: known?.names ?? {}, kind: known?.kind ?? "resident", contact_post: known?.contact_post ?? "" });
  const ver = sync.rows("unit").value.get(id ?? "")?.ver;
  if (!rows) return null;
  const set = (change: Partial<PutUnit>) => setUnit({ ...unit, ...change });
  const pick = (label: string, field: "head" | "chief" | "leader") => (
    <PersonPick label={label} people={rows.people} unit={rid} value={unit[field] ?? ""} onPick={(uid) => set({ [field]: uid })} onDone={() => undefined} />
  );
  const posts = [...rows.posts].filter(([, post]) => post.unit === id).map(([value, post]) => ({ value, label: postTitle(post) }));
  const parents = [...rows.units].filter(([other]) => other !== id).map(([value, other]) => ({ value, label: names(other.names) }));
  const taken = id === null && rows.units.has(rid);
  const missing = !ID.test(rid) || taken ? (taken ? t("这个编号已被使用。") : t("编号只能用字母、数字、点和横线。")) : unit.names["zh_Hans"]?.trim() ? null : t("请填写名称。");
  return (
    <Card>
      <div class="stack">
        {id === null && <TextField label={t("单位编号")} required value={rid} max={64} onChange={setRid} />}
        <NamesFields label={t("名称")} required value={unit.names} onChange={(value) => set({ names: value })} />
        <TextField label={t("简称")} value={unit.short?.["zh_Hans"] ?? ""} onChange={(text) => set({ short: said({ ...unit.short, zh_Hans: text }) })} />
        <Chips
          label={t("类别")}
          options={[
            { value: "resident", label: t("进驻单位") },
            { value: "centre", label: t("中心科室") },
            { value: "utility", label: t("公用企业") },
            { value: "town", label: t("镇街") },
          ]}
          value={unit.kind}
          onChange={(kind) => set({ kind })}
        />
        {pick(t("负责人"), "head")}
        {pick(t("首席代表"), "chief")}
        {pick(t("分管领导"), "leader")}
        <TextField label={t("对外电话")} type="tel" value={unit.phone ?? ""} onChange={(phone) => set({ phone })} />
        <Select label={t("上级单位")} value={unit.parent ?? ""} options={[none(), ...parents]} onChange={(parent) => set({ parent })} />
        <Select label={t("联络岗")} hint={t("工作时间不得空岗")} value={unit.contact_post ?? ""} options={[none(), ...posts]} onChange={(contact_post) => set({ contact_post })} />
        <FormFoot
          missing={missing}
          onSave={() => sync.save("org.unit", { ...unit, names: said(unit.names) }, on(rid, ver))}
          onDone={onDone}
          onCancel={onDone}
          {...(id !== null ? { end: { label: t("停用单位"), question: t("还有岗位或人员的单位不能停用。"), onEnd: () => sync.save("org.unit_end", {}, on(id, ver)) } } : {})}
        />
      </div>
    </Card>
  );
}

export function PostForm({ roster: { sync, rows, today }, id, onDone }: FormProps) {
  const known = rows?.posts.get(id ?? "");
  const [post, setPost] = useState<PutPost>({
    number: known?.number ?? "",
    zone: known?.zone ?? rows?.hall.zones[0]?.id ?? "",
    unit: known?.unit ?? "",
    order: known?.order ?? 0,
    services: known?.service_ids ?? [],
    group: known?.group ?? "",
    kind: known?.kind ?? "window",
    required: known?.required ?? true,
    min_staff: known?.min_staff ?? 1,
    sessions: known?.sessions ?? [],
    promise: known?.promise ?? {},
    standard: known?.standard ?? {},
  });
  const ver = sync.rows("post").value.get(id ?? "")?.ver;
  if (!rows) return null;
  const set = (change: Partial<PutPost>) => setPost({ ...post, ...change });
  const units = [...rows.units].map(([value, unit]) => ({ value, label: names(unit.names) }));
  const zones = rows.hall.zones.map((zone) => ({ value: zone.id, label: names(zone.names) }));
  const services = [...sync.rows("service").value].filter(([sid, { body }]) => body.unit === post.unit || post.services?.includes(sid));
  const taken = [...rows.posts].some(([other, body]) => other !== id && body.number === post.number);
  const missing = taken ? t("这个编号已被使用。") : post.number.trim() && post.unit && post.zone ? null : t("请填写窗口号，并选区域和单位。");
  return (
    <Card>
      <div class="stack">
        <TextField label={t("窗口号")} required value={post.number} max={16} onChange={(number) => set({ number })} />
        <Select label={t("区域")} value={post.zone} options={[none(), ...zones]} onChange={(zone) => set({ zone })} />
        <Select label={t("单位")} value={post.unit} options={[none(), ...units]} onChange={(unit) => set({ unit, services: [] })} />
        <Chips
          label={t("类别")}
          options={[
            { value: "window", label: t("窗口") },
            { value: "consult", label: t("咨询台") },
            { value: "office", label: t("联络岗") },
          ]}
          value={post.kind ?? "window"}
          onChange={(kind) => set({ kind })}
        />
        {services.length > 0 && (
          <MultiChips label={t("受理事项")} options={services.map(([value, { body }]) => ({ value, label: names(body.names) }))} value={post.services ?? []} onChange={(next) => set({ services: next })} />
        )}
        <TextField label={t("相近岗位组")} hint={t("同组岗位互为顶替")} value={post.group ?? ""} onChange={(group) => set({ group })} />
        <Check label={t("要求到岗")} value={post.required ?? true} onChange={(required) => set({ required })} />
        {post.required && (
          <MultiChips
            label={t("应到时段")}
            hint={t("不选为全天")}
            options={["0", "1"].map((value) => ({ value, label: sessionWord(Number(value), 2) }))}
            value={(post.sessions ?? []).map(String)}
            onChange={(next) => set({ sessions: next.length === 2 ? [] : next.map(Number) })}
          />
        )}
        <TextField label={t("服务承诺")} max={120} value={post.promise?.["zh_Hans"] ?? ""} onChange={(text) => set({ promise: said({ ...post.promise, zh_Hans: text }) })} />
        <TextField label={t("服务标准")} max={120} value={post.standard?.["zh_Hans"] ?? ""} onChange={(text) => set({ standard: said({ ...post.standard, zh_Hans: text }) })} />
        <FormFoot
          missing={missing}
          onSave={() => sync.save("org.post", post, on(id ?? crypto.randomUUID(), ver))}
          onDone={onDone}
          onCancel={onDone}
          {...(id !== null ? { end: { label: t("停用岗位"), question: t("{day} 之后还有排班的岗位不能停用。", { day: today }), onEnd: () => sync.save("org.post_end", {}, on(id, ver)) } } : {})}
        />
      </div>
    </Card>
  );
}

export function ServiceForm({ roster: { sync, rows }, id, onDone }: FormProps) {
  const known = sync.rows("service").value.get(id ?? "");
  const [rid, setRid] = useState(id ?? "");
  const [text, setText] = useState<Record<string, string>>(known?.body.names ?? {});
  const [unit, setUnit] = useState(known?.body.unit ?? "");
  if (!rows) return null;
  const units = [...rows.units].map(([value, one]) => ({ value, label: names(one.names) }));
  const missing = !ID.test(rid) ? t("编号只能用字母、数字、点和横线。") : text["zh_Hans"]?.trim() ? null : t("请填写名称。");
  return (
    <Card>
      <div class="stack">
        {id === null && <TextField label={t("事项编码")} required value={rid} max={64} onChange={setRid} />}
        <NamesFields label={t("名称")} required value={text} onChange={setText} />
        <Select label={t("单位")} value={unit} options={[none(), ...units]} onChange={setUnit} />
        <FormFoot
          missing={missing}
          onSave={() => sync.save("org.service", { names: said(text), unit }, on(rid, known?.ver))}
          onDone={onDone}
          onCancel={onDone}
          {...(id !== null ? { end: { label: t("停用事项"), question: t("还有窗口受理的事项不能停用。"), onEnd: () => sync.save("org.service_end", {}, on(id, known?.ver)) } } : {})}
        />
      </div>
    </Card>
  );
}

export function ZoneForm({ roster: { sync, rows }, id, onDone }: FormProps) {
  const zones = rows?.hall.zones ?? [];
  const known = zones.find((zone) => zone.id === id);
  const [rid, setRid] = useState(id ?? "");
  const [text, setText] = useState<Record<string, string>>(known?.names ?? {});
  const [floor, setFloor] = useState(String(known?.floor ?? 1));
  const [place, setPlace] = useState(String(known ? zones.indexOf(known) : zones.length));
  const places = [...zones, ...(known ? [] : [null])].map((_, n) => ({ value: String(n), label: String(n + 1) }));
  const missing = !ID.test(rid) ? t("编号只能用字母、数字、点和横线。") : !text["zh_Hans"]?.trim() ? t("请填写名称。") : /^-?\d{1,2}$/.test(floor) ? null : t("楼层是整数。");
  return (
    <Card>
      <div class="stack">
        {id === null && <TextField label={t("区域编号")} required value={rid} max={64} onChange={setRid} />}
        <NamesFields label={t("名称")} required value={text} onChange={setText} />
        <TextField label={t("楼层")} inputMode="numeric" value={floor} onChange={setFloor} />
        <Select label={t("巡查次序")} value={place} options={places} onChange={setPlace} />
        <FormFoot
          missing={missing}
          onSave={() => sync.save("org.zone", { names: said(text), floor: Number(floor), place: Number(place) }, { rid })}
          onDone={onDone}
          onCancel={onDone}
          {...(id !== null ? { end: { label: t("停用区域"), question: t("还有岗位的区域不能停用。"), onEnd: () => sync.save("org.zone_end", {}, { rid: id }) } } : {})}
        />
      </div>
    </Card>
  );
}
