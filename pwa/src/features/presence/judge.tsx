/** The head's two decisions about a notice; both carry a reason and the version they were taken on. */
import { useAmended, useDraft, useSync } from "../../app/feature";
import { exact, t } from "../../i18n";
import type { LocalReceipt } from "../../sync/api";
import { Button, Buttons, Chips, Facts, Sheet, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postNames } from "../hall/names";
import type { Notice } from "./notice";
import type { Presence } from "./rows";
import { reasonWord } from "./words";

interface DecisionProps {
  presence: Presence;
  notice: Notice;
  onClose: () => void;
}

/** 补告示: accept (person 0, late notices 1) or refuse (off post without notice) (CON-03). */
export function JudgeSheet({ presence, notice, onClose }: DecisionProps) {
  const reasons = [t("情况紧急，来不及先告示"), t("网络中断，未能及时送达"), t("经核实，确有公务"), t("经核实，情况不属实")];
  const decision = useReason("away.judge_late", notice.rid, t("判定补告示"));
  const judge = (accept: boolean) =>
    decision.save(() => presence.sync.save("away.judge_late", { accept, text: decision.text.trim() }, { rid: notice.rid, guard: { [notice.rid]: notice.ver }, ...decision.record }), onClose);
  return (
    <Sheet
      open
      title={t("判定补告示")}
      onClose={onClose}
      foot={
        <Buttons>
          <Button tone="danger" disabled={!decision.ready} onPress={() => void judge(false)}>
            {t("不采信")}
          </Button>
          <Button tone="main" disabled={!decision.ready} onPress={() => void judge(true)}>
            {t("采信")}
          </Button>
        </Buttons>
      }
    >
      <NoticeFacts presence={presence} notice={notice} />
      <Reason reasons={reasons} text={decision.text} onChange={decision.setText} />
    </Sheet>
  );
}

/** An absence nobody ended. */
export function CloseSheet({ presence, notice, onClose }: DecisionProps) {
  const reasons = [t("本人已返岗，忘记登记"), t("已另行安排人员"), t("已改为请假")];
  const decision = useReason("away.close", notice.rid, t("办结逾期离岗"));
  const close = () =>
    decision.save(() => presence.sync.save("away.close", { text: decision.text.trim() }, { rid: notice.rid, guard: { [notice.rid]: notice.ver }, ...decision.record }), onClose);
  return (
    <Sheet
      open
      title={t("办结逾期离岗")}
      onClose={onClose}
      foot={
        <Buttons>
          <Button tone="main" disabled={!decision.ready} onPress={() => void close()}>
            {t("办结")}
          </Button>
        </Buttons>
      }
    >
      <NoticeFacts presence={presence} notice={notice} />
      <Reason reasons={reasons} text={decision.text} onChange={decision.setText} />
    </Sheet>
  );
}

/** The reason of a decision, kept as a draft until it is taken; a refused decision taken again is thereby dealt with. */
export function useReason(k: "away.judge_late" | "away.close" | "away.consent", rid: string, title: string) {
  const sync = useSync();
  const refused = useAmended(k);
  const amended = refused?.rid === rid ? refused : undefined;
  const draft = useDraft(`${k}:${rid}`, { text: amended?.a.text ?? "" }, title, { at_once: true });
  const act = useAct();
  const text = draft.value.text;
  return {
    record: draft.record,
    text,
    ready: text.trim() !== "",
    setText: (value: string) => draft.set({ text: value }),
    save: (saving: () => Promise<LocalReceipt>, then: () => void) =>
      act(async () => {
        const receipt = await saving();
        if (amended) await sync.settle(amended.id, "amended", receipt.code);
        await draft.done();
        then();
        return receipt;
      }),
  };
}

export function Reason({ reasons, text, onChange }: { reasons: readonly string[]; text: string; onChange: (text: string) => void }) {
  return (
    <>
      <Chips label={t("理由")} options={reasons.map((one) => ({ value: one, label: one }))} value={reasons.includes(text) ? text : null} onChange={onChange} />
      <TextArea label={t("理由说明")} value={text} onChange={onChange} rows={2} required />
    </>
  );
}

export function NoticeFacts({ presence, notice }: { presence: Presence; notice: Notice }) {
  const { rows } = presence;
  const office = notice.office;
  const facts: [string, string][] = [
    [t("离岗人"), personName(rows.people, notice.person)],
    [t("岗位"), notice.whole_unit ? t("全室") : postNames(rows.posts, notice.posts) || "—"],
    [t("去向类别"), reasonWord(notice.reason)],
    [t("所称离岗时间"), exact(notice.leaves_at)],
  ];
  if (office) facts.push([t("登记时间"), exact(office.announced_at)], [t("服务器收到"), exact(office.received_at)]);
  facts.push([t("预计返回"), exact(notice.back_at)]);
  if (office?.destination) facts.push([t("去向"), office.destination]);
  if (office?.contact) facts.push([t("联系方式"), office.contact]);
  for (const what of office?.missing ?? []) facts.push([what === "destination" ? t("去向") : t("联系方式"), t("没有填写，请核实")]);
  if (office?.text) facts.push([t("事由"), office.text]);
  if (office?.paper) facts.push([t("补录"), t("纸质单号 {number}", { number: office.paper })]);
  if (office?.reply_text) facts.push([t("顶岗人说明"), office.reply_text]);
  if (office?.late_text) facts.push([t("判定理由"), office.late_text]);
  return <Facts facts={facts} />;
}
