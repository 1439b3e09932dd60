/** What the public reads of the hall: its name, its phone, what plates say, with a preview; at once, and kept with who said it (CON-41, DSP-06). */
import { useState } from "preact/hooks";
import { useSync } from "../../app/feature";
import { exact, names, t } from "../../i18n";
import type { Hall } from "../../sync/types.gen";
import { Card, Cell, Chips, List, Section, TextField } from "../../ui";
import { FormFoot } from "../hall/form-foot";
import { NamesFields, said } from "../hall/names-fields";
import { personName } from "../hall/names";
import { plateOf } from "./params";
import { policyWord } from "./words";

const POLICIES = ["name", "surname_title", "badge"] as const;
const SHOWN_MAX = 3;

export function AboutForm({ hall, onDone }: { hall: Hall; onDone: () => void }) {
  const sync = useSync();
  const [called, setCalled] = useState<Record<string, string>>(hall.names);
  const [phone, setPhone] = useState(hall.phone);
  const [plate, setPlate] = useState(hall.plate);
  const [text, setText] = useState("");
  const people = sync.rows("person").value;
  const shown = [...people.values()].filter(({ body }) => !body.left && body.badge).sort((x, y) => x.body.badge.localeCompare(y.body.badge, "en", { numeric: true })).slice(0, SHOWN_MAX);
  const changed = {
    ...(JSON.stringify(said(called)) === JSON.stringify(hall.names) ? {} : { names: said(called) }),
    ...(phone.trim() === hall.phone ? {} : { phone: phone.trim() }),
    ...(plate === hall.plate ? {} : { plate }),
  };
  const missing = !called["zh_Hans"]?.trim() ? t("请填写大厅名称。") : !/^[0-9+() -]{0,30}$/.test(phone.trim()) ? t("电话只能有数字、加号、括号、空格和短横。") : Object.keys(changed).length === 0 ? t("还没有改动。") : null;
  const record = [...sync.rows("hall.setting").value].filter(([, { body }]) => !body.from_day).sort(([, x], [, y]) => y.body.at - x.body.at);
  return (
    <div class="lv-col">
      <Card>
        <div class="stack">
          <h2>{t("大厅资料")}</h2>
          <NamesFields label={t("大厅名称")} required value={called} onChange={setCalled} />
          <TextField label={t("大厅电话")} hint={t("大屏断网时，公众按这个号码询问。")} type="tel" inputMode="tel" max={30} value={phone} onChange={setPhone} />
          <Chips label={t("铭牌")} options={POLICIES.map((value) => ({ value, label: policyWord(value) }))} value={plate} onChange={setPlate} />
          <div class="lv-plates" role="group" aria-label={t("铭牌预览")}>
            {shown.map(({ body }) => (
              <b key={body.badge}>{plateOf(plate, body, names(body.title))}</b>
            ))}
          </div>
          <TextField label={t("理由")} value={text} onChange={setText} />
          <FormFoot missing={missing} onSave={() => sync.save("hall.about", { ...changed, text: text.trim() }, { rid: "hall" })} onDone={onDone} />
        </div>
      </Card>
      {record.length > 0 && (
        <Section title={t("修改记录")}>
          <List label={t("修改记录")}>
            {record.map(([rid, { body }]) => (
              <Cell
                key={rid}
                title={[names(body.names), body.phone ?? "", body.plate ? policyWord(body.plate) : ""].filter(Boolean).join("\u00a0· ")}
                sub={[personName(people, body.by), exact(body.at), body.text ?? ""].filter(Boolean).join("\u00a0· ")}
              />
            ))}
          </List>
        </Section>
      )}
    </div>
  );
}
