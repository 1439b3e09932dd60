/** One screen with everything recorded about this person; answering is two taps: the record, and a word that saves at once. */
import { useEffect, useState } from "preact/hooks";
import { DraftNotice, SubmitBar, useAsked, useDraft, useNow, useSync } from "../../app/feature";
import { date, dayWord, exact, t, tc } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Button, Card, Cell, Chips, Empty, Facts, List, Notice, Section, Sheet, Tag, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { personName } from "../hall/names";
import { gradeWord } from "../hall/sentence";
import { entriesOf, type Entry, type Kind } from "./entries";

export default function File() {
  const sync = useSync();
  useNow();
  const now = sync.now();
  const [kind, setKind] = useState<Kind | "all">("all");
  const [open, setOpen] = useState<string | null>(null);
  // A copy of all of it (PRV-08): what is folded into sheets stands on the paper.
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    if (!printing) return;
    const done = () => setPrinting(false);
    addEventListener("afterprint", done);
    print();
    return () => removeEventListener("afterprint", done);
  }, [printing]);
  const all = entriesOf(sync);
  const shown = all.filter((one) => printing || kind === "all" || one.kind === kind);
  const kinds = (Object.keys(KINDS) as Kind[]).filter((one) => all.some((entry) => entry.kind === one));
  const chosen = all.find((one) => one.id === open);
  useAsked((key) => setOpen(all.find(({ answer }) => key === `own:${answer?.rid}`)?.id ?? null));
  const days = [...new Set(shown.map((one) => dayWord(one.at, now)))];
  return (
    <>
      <Notice title={t("别人和系统记录您的，都在这里。")}>{t("每条写明依据哪个时间、由谁认定；有异议可以当场说明，不说明不等于承认。未公布的暗访不在其中。")}</Notice>
      {printing ? (
        <p>
          {personName(sync.rows("person").value, sync.uid)} <span class="num">{exact(now)}</span>
        </p>
      ) : (
        all.length > 0 && <Button onPress={() => setPrinting(true)}>{t("打印")}</Button>
      )}
      {!printing && kinds.length > 1 && (
        <Chips<Kind | "all">
          label={t("类别")}
          hideLabel
          options={[{ value: "all", label: t("全部 {n}", { n: all.length }) }, ...kinds.map((value) => ({ value, label: KINDS[value]() }))]}
          value={kind}
          onChange={setKind}
        />
      )}
      {shown.length === 0 && <Empty title={t("还没有关于您的记录")} icon="ledger">{t("离岗告示、顶岗、巡查核对、请假、考勤异常和工作移交会出现在这里。")}</Empty>}
      {days.map((day) => (
        <Section key={day} title={day}>
          <List>
            {shown
              .filter((one) => dayWord(one.at, now) === day)
              .map((one) => (
                <Cell
                  key={one.id}
                  title={one.title}
                  sub={
                    <>
                      <Tag tone={one.tone}>{one.state}</Tag> {one.text}
                      {printing && <Facts facts={[...factsOf(sync, one), ...one.answers.map((text): Fact => [t("我的说明"), text])]} />}
                    </>
                  }
                  onPress={() => setOpen(one.id)}
                />
              ))}
          </List>
        </Section>
      ))}
      {chosen && <EntrySheet entry={chosen} onClose={() => setOpen(null)} />}
    </>
  );
}

const KINDS: Record<Kind, () => string> = {
  finding: () => t("巡查核对"),
  attendance: () => t("考勤"),
  notice: () => t("离岗告示"),
  cover: () => t("顶岗"),
  leave: () => tc("假", "请假"),
  handover: () => t("工作移交"),
  visit: () => t("检查结果"),
  problem: () => t("问题"),
  repair: () => t("报修"),
};

type Fact = [string, preact.ComponentChildren];

/** On which clocks a record rests, what its time is worth, and who wrote it down. */
function factsOf(sync: Sync, entry: Entry): Fact[] {
  const facts = entry.clocks.map(([label, at]): Fact => [label, <span class="num">{exact(at)}</span>]);
  if (entry.grade) facts.push([t("时间凭据"), gradeWord(entry.grade)]);
  if (entry.by) facts.push([t("经手人"), personName(sync.rows("person").value, entry.by)]);
  return facts;
}

/** The record with its clocks; what can be answered comes first. */
function EntrySheet({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const sync = useSync();
  return (
    <Sheet open title={entry.title} onClose={onClose}>
      {entry.answer && <Answer answer={entry.answer} onDone={onClose} />}
      <Card>
        <div>
          <Tag tone={entry.tone}>{entry.state}</Tag>
        </div>
        {entry.text && <p>{entry.text}</p>}
        <Facts facts={factsOf(sync, entry)} />
      </Card>
      {entry.answers.length > 0 && (
        <Section title={t("我的说明")}>
          <List>
            {entry.answers.map((text, index) => (
              <Cell key={index} title={text} />
            ))}
          </List>
        </Section>
      )}
      {entry.href && (
        <List>
          <Cell title={t("打开原记录")} href={entry.href} />
        </List>
      )}
    </Sheet>
  );
}

/** 答复: one of the usual words saves at once; another is typed. */
function Answer({ answer, onDone }: { answer: NonNullable<Entry["answer"]>; onDone: () => void }) {
  const sync = useSync();
  const draft = useDraft(`own:${answer.rid}`, { text: "" }, t("说明情况"));
  const act = useAct();
  const save = async (text: string) => {
    const options = { rid: answer.rid, ...draft.record };
    const receipt = answer.k === "att.answer" ? await sync.save("att.answer", answer.appeal ? { text, appeal: true } : { text }, options) : await sync.save("finding.answer", { text }, options);
    await draft.done();
    onDone();
    return receipt;
  };
  const { text } = draft.value;
  return (
    <Section title={answer.appeal ? t("申诉") : t("答复")} aside={answer.until ? t("可说明至 {day}", { day: date(answer.until) }) : undefined}>
      <div class="stack">
        {answer.usual.map((one) => (
          <Button key={one} onPress={() => void act(() => save(one))}>
            {one}
          </Button>
        ))}
      </div>
      <details class="fold" open={text !== ""}>
        <summary>{t("另写说明")}</summary>
        <DraftNotice draft={draft} />
        <TextArea label={t("说明内容")} value={text} onChange={(value) => draft.set({ text: value })} max={500} />
        <SubmitBar onSubmit={() => save(text.trim())} disabled={text.trim() === ""} />
      </details>
    </Section>
  );
}
