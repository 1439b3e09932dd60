/** What the lead decides about a visit: check the facts with the unit, publish, withdraw, void. Each is asked about, and bound to the version read. */
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Visit } from "../../sync/types.gen";
import { Button, Buttons, Confirm, TextArea, type ButtonTone } from "../../ui";
import { useAct } from "../hall/act";

interface DecideProps {
  sync: Sync;
  rid: string;
  /** What was read: the sheet, and the sheets of the team as one, by rid. */
  guard: Record<string, number>;
  /** The record itself is not yet at the server: nothing to decide on. */
  pending: boolean;
  state: Visit["state"];
  /** A test application of the mission is still to be withdrawn or marked: until then nothing is told (CHK-08). */
  standing: boolean;
  /** The result this sheet belongs to is published: its facts are checked no more. */
  told: boolean;
  /** It is one of several sheets of that result: none of them is void before the result is withdrawn. */
  shared: boolean;
  /** Items nobody of the team has marked: telling it all the same wants a reason (CHK-07). */
  unmarked: number;
  /** Something about when it was and who was there is passed over with a reason only. */
  doubtful: boolean;
}

type Step = "void" | "check" | "withdraw" | "publish";

/** What is open in each state, the usual one last. */
const STEPS: Record<Visit["state"], readonly Step[]> = {
  recorded: ["void", "check", "publish"],
  checking: ["void", "withdraw", "publish"],
  published: ["void", "withdraw"],
  withdrawn: ["void", "check", "publish"],
  void: [],
};

/** `told`: everybody has read the result the sheet belongs to; its facts are checked no more. `shared`: with other sheets in it. */
export function stepsOf(state: Visit["state"], told: boolean, shared: boolean): Step[] {
  return STEPS[state].filter((step) => (step !== "check" || !told) && (step !== "void" || state !== "published" || !shared));
}

export function Decide({ sync, rid, guard, pending, state, standing, told, shared, unmarked, doubtful }: DecideProps) {
  const act = useAct();
  const [asking, setAsking] = useState<Step | null>(null);
  const [text, setText] = useState("");
  const close = (): void => {
    setAsking(null);
    setText("");
  };
  const decide = async (step: Step): Promise<void> => {
    const words = text.trim();
    const options = { rid, guard };
    const optional = words ? { text: words } : {};
    await act(() => {
      if (step === "publish") return sync.save("visit.publish", optional, options);
      if (step === "check") return sync.save("visit.check", optional, options);
      return sync.save(step === "void" ? "visit.void" : "visit.withdraw", { text: words }, options);
    });
    close();
  };
  const seen = state !== "recorded";
  const words: Record<Step, { verb: string; title: string; about: string; label: string; reason: boolean; tone: ButtonTone }> = {
    void: {
      verb: t("作废"),
      title: t("作废这次记录？"),
      about: t("作废的记录留存备查，不计入任何结果。请写明理由，如身份暴露、走错单位。"),
      label: t("作废理由"),
      reason: true,
      tone: "danger",
    },
    withdraw: {
      verb: t("撤回"),
      title: t("撤回这次结果？"),
      about: t("受检单位会看到已撤回和理由，不再看到得分和不合格项；以后可以重新公布。"),
      label: t("撤回理由"),
      reason: true,
      tone: "danger",
    },
    check: {
      verb: t("事实核对"),
      title: t("请受检单位核对事实？"),
      about: t("只有受检单位负责人看得到得分、不合格项和说明，可以在期限内更正事实；办公室、领导和本人都还看不到。"),
      label: t("给受检单位的话"),
      reason: false,
      tone: "plain",
    },
    publish: {
      verb: t("公布"),
      title: t("公布这次检查结果？"),
      about: t("公布后，受检单位负责人、办公室和领导会看到得分、不合格项和说明，看不到暗访人员。"),
      label: unmarked > 0 ? t("为什么还有 {n} 项没有评定", { n: unmarked }) : doubtful ? t("有须说明的情况（见提示），为什么仍然公布") : t("给受检单位的话"),
      reason: unmarked > 0 || doubtful,
      tone: "main",
    },
  };
  const asked = asking && words[asking];
  return (
    <div>
      <Buttons>
        {stepsOf(state, told, shared).map((step) => (
          <Button key={step} tone={words[step].tone} disabled={pending || (standing && (step === "check" || step === "publish"))} onPress={() => setAsking(step)}>
            {words[step].verb}
          </Button>
        ))}
      </Buttons>
      {asked && (
        <Confirm
          open
          title={asked.title}
          confirm={asked.verb}
          tone={asked.tone === "danger" ? "danger" : "main"}
          disabled={asked.reason && text.trim() === ""}
          onClose={close}
          onConfirm={() => void decide(asking)}
        >
          <p>{asked.about}</p>
          {asking === "void" && seen && <p>{t("受检单位将不再看到这次结果。")}</p>}
          <TextArea label={asked.label} required={asked.reason} rows={2} max={500} value={text} onChange={setText} />
        </Confirm>
      )}
    </div>
  );
}
