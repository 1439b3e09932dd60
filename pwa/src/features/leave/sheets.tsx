/** What heads and the office write down beside deciding: an absence told by phone (LV-05), a deputy for the own absence (LV-04). */
import { useState } from "preact/hooks";
import { dayOf, t } from "../../i18n";
import { Button, Buttons, Chips, DateTimeWheel, DayField, Sheet, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { personName } from "../hall/names";
import { addDays } from "../hall/terms";
import { presetsAt } from "./model";
import type { LeaveBook } from "./rows";

interface Props {
  book: LeaveBook;
  onClose: () => void;
}

/** Somebody has called: who, until when; the request itself is filed later. */
export function ToldSheet({ book, onClose }: Props) {
  const { sync, rows, uid, me, now } = book;
  const act = useAct();
  const first = presetsAt(rows.hall, now)[0]?.span;
  const [person, setPerson] = useState<string | null>(null);
  const [from, setFrom] = useState(first?.from ?? now);
  const [to, setTo] = useState(first?.to ?? now);
  const [text, setText] = useState("");
  const people = [...rows.people].filter(([id, { body }]) => body.unit === me?.unit && id !== uid && !body.left);
  const save = () =>
    act(async () => {
      const receipt = await sync.save("leave.told", { person: person ?? "", told_at: now, from_at: from, to_at: to, text: text.trim() });
      onClose();
      return receipt;
    });
  return (
    <Sheet
      open
      title={t("登记电话请假")}
      onClose={onClose}
      foot={
        <Buttons>
          <Button tone="main" disabled={!person || to <= from} onPress={() => void save()}>
            {t("登记")}
          </Button>
        </Buttons>
      }
    >
      <p>{t("急事先电话报告的，在此登记；本人或同事随后补办请假。")}</p>
      <Chips label={t("请假人")} options={people.map(([id, { body }]) => ({ value: id, label: body.name }))} value={person} onChange={setPerson} />
      <DateTimeWheel label={t("开始")} value={from} onChange={setFrom} />
      <DateTimeWheel label={t("结束")} value={to} min={from} onChange={setTo} />
      <TextArea label={t("事由")} value={text} onChange={setText} rows={1} hint={t("请勿写病情等隐私。")} />
    </Sheet>
  );
}

/** Who decides while this person is away. */
export function DeputySheet({ book, onClose }: Props) {
  const { sync, rows, uid, me, now, deputies } = book;
  const act = useAct();
  const known = deputies.get(uid)?.body;
  const today = dayOf(now);
  const [deputy, setDeputy] = useState(known?.deputy ?? "");
  const [first, setFirst] = useState(known?.first ?? today);
  const [last, setLast] = useState(known?.last ?? addDays(today, 1));
  const people = [...rows.people].filter(([id, { body }]) => body.unit === me?.unit && id !== uid && !body.left);
  const save = () =>
    act(async () => {
      const receipt = await sync.save("leave.deputy", deputy ? { deputy, first, last } : {}, { rid: uid });
      onClose();
      return receipt;
    });
  return (
    <Sheet
      open
      title={t("委托审批")}
      onClose={onClose}
      foot={
        <Buttons>
          <Button tone="main" disabled={last < first} onPress={() => void save()}>
            {t("保存")}
          </Button>
        </Buttons>
      }
    >
      <p>{t("您不在时由代理人审批请假，两天都算在内。您的决定权限高于代理人。")}</p>
      <Chips
        label={t("代理人")}
        options={[...people.map(([id]) => ({ value: id, label: personName(rows.people, id) })), { value: "", label: t("不委托") }]}
        value={deputy}
        onChange={setDeputy}
      />
      <div class="lv-pair">
        <DayField label={t("从")} value={first} onChange={setFirst} />
        <DayField label={t("到")} value={last} onChange={setLast} />
      </div>
    </Sheet>
  );
}
