/** One request as those concerned read it: time, steps, cover, what the server has to say about it. Nothing medical (LV-09). */
import { dayOf, exact, names, t } from "../../i18n";
import type { Leave } from "../../sync/types.gen";
import { Facts, Notice, Section, Tag } from "../../ui";
import { personName } from "../hall/names";
import { SlotList, slotsOf } from "./cover";
import { typeOn } from "./model";
import type { LeaveBook } from "./rows";
import { daysWord, noteWord, roleWord, spanWord, STATE_TONE, stateWord, STEP_TONE, stepWord, typeWord } from "./words";

export function LeaveDetail({ book, leave, brief = false }: { book: LeaveBook; leave: Leave; brief?: boolean }) {
  const { rows, now } = book;
  return (
    <>
      <div class="lv-tags">
        <Tag tone={STATE_TONE[leave.state]}>{stateWord(leave.state)}</Tag>
        {leave.needs_cover && <Tag tone="warn">{t("已批·待补岗")}</Tag>}
        {leave.over_quota && <Tag tone="warn">{t("超额待处理")}</Tag>}
        {leave.late && <Tag tone="warn">{t("补办")}</Tag>}
        {leave.extension_of && <Tag tone="info">{t("续假")}</Tag>}
        {leave.proof_due && <Tag tone="warn">{t("待交证明")}</Tag>}
        {(leave.proofs ?? 0) > 0 && <Tag tone="ok">{proofWord(leave)}</Tag>}
      </div>
      {(leave.notes ?? []).map((note) => (
        <Notice key={note.key + JSON.stringify(note.params)} tone={note.key === "leave.back_late" ? "bad" : "warn"} title={noteWord(note, rows, leave, now)} />
      ))}
      <Facts facts={factsOf(book, leave, brief)} />
      <SlotList slots={slotsOf(leave.cover)} rows={rows} now={now} empty={t("没有需要顶岗的时段。")} />
      {!brief && <Steps book={book} leave={leave} />}
    </>
  );
}

/** "已提供证明，3 天": all an approver learns of it. */
function proofWord(leave: Leave): string {
  return leave.proof_days ? t("已提供证明，{n} 天", { n: leave.proof_days }) : t("已提供证明");
}

function factsOf(book: LeaveBook, leave: Leave, brief: boolean): [string, string][] {
  const { rows, now } = book;
  const event = typeOn(rows.types, leave.type, dayOf(leave.from_at))?.rule.events?.find((one) => one.code === leave.event);
  const facts: [string, string][] = [
    [t("假别"), event ? t("{type}：{event}", { type: typeWord(rows.types, leave.type, leave.from_at), event: names(event.names) }) : typeWord(rows.types, leave.type, leave.from_at)],
    [t("起止"), spanWord(leave.from_at, leave.to_at, now)],
  ];
  // What was told by phone has no type yet that counts its days.
  if (leave.state !== "told") facts.push([t("计假"), daysWord(leave.centidays)]);
  if (leave.left_centidays !== undefined && leave.left_centidays !== null) {
    facts.push([t("批准后余额"), leave.left_centidays < 0 ? t("超出 {days}", { days: daysWord(-leave.left_centidays) }) : daysWord(leave.left_centidays)]);
  }
  if (leave.stand_in) facts.push([t("顶岗人"), personName(rows.people, leave.stand_in)]);
  if (leave.text) facts.push([t("事由"), leave.text]);
  if (leave.out_of_city) facts.push([t("离开本市"), leave.out_of_city]);
  if (leave.told_at) facts.push([t("电话报告"), exact(leave.told_at)]);
  if (brief) return facts;
  if (leave.by !== leave.person) facts.push([t("代办人"), personName(rows.people, leave.by)]);
  facts.push([t("提交时间"), exact(leave.asked_at)]);
  if (leave.back_by && leave.state !== "returned") facts.push([t("应销假时间"), exact(leave.back_by)]);
  if (leave.returned_at) facts.push([t("销假时间"), exact(leave.returned_at)]);
  if (leave.back_said_at) facts.push([t("销假报告时间"), exact(leave.back_said_at)]);
  if (leave.late_reason) facts.push([t("逾期原因"), leave.late_reason]);
  return facts;
}

function Steps({ book, leave }: { book: LeaveBook; leave: Leave }) {
  const { rows } = book;
  const said = leave.decisions ?? [];
  return (
    <Section title={t("审批")}>
      <div class="lv-tags">
        {(leave.steps ?? []).map((step) => (
          <Tag key={step.role} tone={STEP_TONE[step.st]}>
            {stepWord(step)}
          </Tag>
        ))}
      </div>
      {said.length > 0 && (
        <Facts
          facts={said.map((one) => [
            one.for_uid ? t("{name}（代{role}）", { name: personName(rows.people, one.by), role: roleWord(one.role) }) : t("{name}（{role}）", { name: personName(rows.people, one.by), role: roleWord(one.role) }),
            [one.accept ? t("同意") : t("不同意"), exact(one.at), one.text ?? "", one.counts === false ? t("并存，不另计") : ""].filter(Boolean).join(t("，")),
          ])}
        />
      )}
    </Section>
  );
}
