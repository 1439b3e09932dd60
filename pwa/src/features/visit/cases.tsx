/** 办件跟踪 (CHK-08): an application followed step by step, with its receipt; a test is withdrawn or marked, under a permission number. */
import { useState } from "preact/hooks";
import { AttachField, Attachments, DraftNotice, type ScreenProps, SubmitBar, useAsked, useDraft, useMe } from "../../app/feature";
import { date, dayOf, monthDay, names, t, when } from "../../i18n";
import type { Photo, Sync, View } from "../../sync/api";
import type { Case, CaseStep, Mission, OpenCase, StepCase } from "../../sync/types.gen";
import { Button, Buttons, Cell, Chips, DayField, Dots, Empty, Facts, IconButton, List, Notice, Section, Select, Sheet, SplitView, Tag, TextArea, TextField } from "../../ui";
import { Discreet, hide } from "./discreet";

type Kind = StepCase["kind"];
const DAY_MS = 86_400_000;

function stepText(kind: Kind): string {
  const words: Record<Kind, () => string> = {
    submitted: () => t("提交申请"),
    receipt: () => t("拿到受理凭证"),
    notice: () => t("一次性告知"),
    supplement: () => t("要求补正"),
    asked: () => t("询问"),
    promise: () => t("承诺办结日期"),
    finished: () => t("已办结"),
    withdrawn: () => t("已撤回"),
    marked: () => t("已标注为测试件"),
  };
  return words[kind]();
}

/** Steps that may come next, the ends of a case of its kind last; who leads and does not go along says no more than how it ended. */
export function kindsOf(one: Pick<Case, "kind">, goes: boolean): Kind[] {
  const test = one.kind === "test";
  if (!goes) return test ? ["withdrawn", "marked"] : ["finished", "withdrawn"];
  return ["submitted", "receipt", "notice", "supplement", "asked", "promise", "finished", "withdrawn", ...(test ? (["marked"] as const) : [])];
}

function title(missions: ReadonlyMap<string, View<Mission>>, one: Case): string {
  return [names(missions.get(one.mission)?.body.unit_names), one.matter].filter(Boolean).join("\u00a0· ");
}

function StateTag({ one, pending }: { one: Case; pending: boolean }) {
  if (pending) return <Tag tone="info">{t("已存本机")}</Tag>;
  if (!one.open) return <Tag tone="ok">{t("已结束")}</Tag>;
  if (one.late) return <Tag tone="bad">{t("超过承诺")}</Tag>;
  return <Tag tone="warn">{one.kind === "test" ? t("待撤回或标注") : t("跟踪中")}</Tag>;
}

export default function Cases({ sync, params }: ScreenProps) {
  const me = useMe();
  const [asking, setAsking] = useState<"case" | "permit" | null>(null);
  useAsked((key) => key === "case.new" && setAsking("case"));
  const missions = sync.rows("mission").value;
  const cases = [...sync.rows("case").value];
  const goes = [...missions].filter(([, { body }]) => body.team.includes(sync.uid) && body.state !== "void");
  const leads = [...missions].filter(([, { body }]) => body.lead === sync.uid && body.state !== "void");
  const open = cases.find(([rid]) => rid === params["id"]);
  const outside = me?.roles.every((role) => ["TEAM", "SUP"].includes(role)) === true;
  const list = (
    <Section title={t("办件跟踪")} aside={outside ? <IconButton icon="ledger" label={t("备忘")} onPress={hide} /> : ""}>
      <Buttons>
        {leads.length > 0 && <Button onPress={() => setAsking("permit")}>{t("许可测试件")}</Button>}
        {goes.length > 0 && (
          <Button tone="main" onPress={() => setAsking("case")}>
            {t("新跟踪一件")}
          </Button>
        )}
      </Buttons>
      {cases.length === 0 ? (
        <Empty title={t("还没有跟踪的办件")} icon="ledger">{t("真实办件照实记；测试件要有许可号，办完撤回或标注，不占用真实办事资源。")}</Empty>
      ) : (
        <List>
          {cases.map(([rid, { body, pending }]) => (
            <Cell
              key={rid}
              title={title(missions, body)}
              sub={
                <>
                  <Dots of={[body.kind === "test" ? t("测试件") : t("真实办件"), t("{n} 步", { n: body.steps.length }), body.due_day ? t("承诺 {day}", { day: monthDay(body.due_day) }) : ""].filter(Boolean).join("\u00a0· ")} />
                  <StateTag one={body} pending={pending} />
                </>
              }
              href={`/cases/${rid}`}
              on={rid === params["id"]}
            />
          ))}
        </List>
      )}
    </Section>
  );
  return (
    <>
      <SplitView list={list} detail={open ? <Detail key={open[0]} sync={sync} rid={open[0]} view={open[1]} /> : null} hint={t("选一件查看。")} />
      {asking === "case" && <NewCase sync={sync} missions={goes} onClose={() => setAsking(null)} />}
      {asking === "permit" && <Permit sync={sync} missions={leads} onClose={() => setAsking(null)} />}
      {outside && <Discreet />}
    </>
  );
}

function Detail({ sync, rid, view }: { sync: Sync; rid: string; view: View<Case> }) {
  const one = view.body;
  const [stepping, setStepping] = useState(false);
  useAsked((key) => key === `case.step:${rid}` && setStepping(true));
  const mission = sync.rows("mission").value.get(one.mission)?.body;
  const mine = mission?.team.includes(sync.uid) === true;
  return (
    <div class="v-detail">
      <Section title={one.matter} aside={<StateTag one={one} pending={view.pending} />}>
        {!one.permitted && <Notice tone="warn" title={t("许可号不在本任务的许可之内")}>{t("请牵头人核对：没有许可，或已过期。")}</Notice>}
        <Facts
          facts={[
            [t("单位"), names(mission?.unit_names)],
            [t("性质"), one.kind === "test" ? t("测试件，许可号 {number}", { number: one.permit ?? "" }) : t("真实办件")],
            ...(one.due_day ? [[t("承诺办结"), date(one.due_day)] as [string, string]] : []),
          ]}
        />
        {one.kind === "test" && one.open && <p class="muted">{t("撤回或标注以前，这次检查的结果不能对外告知。")}</p>}
      </Section>
      <Section title={t("经过")}>
        {one.steps.length === 0 ? (
          <p class="muted">{t("每一步按发生的时间记，没有网络也能记。")}</p>
        ) : (
          <List>
            {one.steps.map((step, at) => (
              <Step key={at} sync={sync} rid={rid} step={step} />
            ))}
          </List>
        )}
        {(mine || (one.open && mission?.lead === sync.uid)) && (
          <Buttons>
            <Button tone="main" onPress={() => setStepping(true)}>
              {mine ? t("记一步") : t("记结束")}
            </Button>
          </Buttons>
        )}
      </Section>
      {stepping && <NewStep sync={sync} rid={rid} one={one} goes={mine} onClose={() => setStepping(false)} />}
    </div>
  );
}

function Step({ sync, rid, step }: { sync: Sync; rid: string; step: CaseStep }) {
  const equal = step.equal === "yes" ? t("与指南一致") : step.equal === "no" ? t("与指南不一致") : "";
  return (
    <Cell
      title={stepText(step.kind)}
      sub={
        <>
          <Dots of={[when(step.at, sync.now()), step.number ? t("凭证号 {number}", { number: step.number }) : "", step.due_day ? t("承诺 {day}", { day: monthDay(step.due_day) }) : "", equal, step.text].filter(Boolean).join("\u00a0· ")} />
          <Attachments rid={rid} blobs={step.blobs} />
        </>
      }
    />
  );
}

type MissionRow = [string, View<Mission>];
const missionOptions = (missions: MissionRow[]) => missions.map(([value, { body }]) => ({ value, label: `${names(body.unit_names)} · ${t("{number}号窗口", { number: body.window })}` }));

function NewCase({ sync, missions, onClose }: { sync: Sync; missions: MissionRow[]; onClose: () => void }) {
  const first: OpenCase = { mission: missions[0]?.[0] ?? "", kind: "real", matter: "", permit: "" };
  const draft = useDraft<OpenCase>("case.new", first, t("备忘"));
  const form = draft.value;
  const permits = [...sync.rows("case.permit").value.values()].filter(({ body }) => body.mission === form.mission && body.until_day >= dayOf(sync.now()));
  const submit = async () => {
    const { permit, ...said } = form;
    const receipt = await sync.save("case.open", { ...said, matter: form.matter.trim(), ...(form.kind === "test" ? { permit: permit?.trim() ?? "" } : {}) }, { ...draft.record });
    await draft.done();
    onClose();
    return receipt;
  };
  const missing = !form.mission || !form.matter.trim() || (form.kind === "test" && !form.permit?.trim());
  return (
    <Sheet open title={t("新跟踪一件")} onClose={onClose} foot={<SubmitBar onSubmit={submit} disabled={missing} />}>
      <DraftNotice draft={draft} />
      <Select label={t("任务")} value={form.mission} options={missionOptions(missions)} onChange={(mission) => draft.set({ mission })} />
      <Chips
        label={t("性质")}
        value={form.kind}
        options={[
          { value: "real" as const, label: t("真实办件") },
          { value: "test" as const, label: t("测试件") },
        ]}
        onChange={(kind) => draft.set({ kind })}
      />
      <TextField label={t("办什么事")} required max={120} value={form.matter} onChange={(matter) => draft.set({ matter })} />
      {form.kind === "test" && (
        <>
          {permits.length > 0 && (
            <Chips
              label={t("许可号")}
              value={form.permit || null}
              options={permits.map(({ body }) => ({ value: body.number, label: body.number, sub: body.matter }))}
              onChange={(permit) => draft.set({ permit })}
            />
          )}
          <TextField label={permits.length > 0 ? t("其他许可号") : t("许可号")} required max={60} value={form.permit ?? ""} hint={t("由牵头人给出；没有许可不要提交测试件。")} onChange={(permit) => draft.set({ permit })} />
        </>
      )}
    </Sheet>
  );
}

function NewStep({ sync, rid, one, goes, onClose }: { sync: Sync; rid: string; one: Case; goes: boolean; onClose: () => void }) {
  const kinds = kindsOf(one, goes);
  const first: StepCase & { photos: Photo[] } = { kind: (goes ? kinds[Math.min(one.steps.length, kinds.length - 1)] : kinds.at(-1)) ?? "asked", at: 0, text: "", number: "", due_day: "", equal: null, photos: [] };
  const draft = useDraft(`case.step:${rid}`, first, t("备忘"));
  const form = draft.value;
  const submit = async () => {
    const { number, due_day, text, equal } = form;
    const said = { ...(text?.trim() ? { text: text.trim() } : {}), ...(number?.trim() ? { number: number.trim() } : {}), ...(due_day ? { due_day } : {}), ...(equal ? { equal } : {}) };
    const receipt = await sync.save("case.step", { kind: form.kind, at: form.at || sync.now(), ...said }, { rid, ...draft.record, blobs: form.photos });
    await draft.done();
    onClose();
    return receipt;
  };
  const told = ["notice", "asked", "promise", "supplement"].includes(form.kind);
  const promised = ["receipt", "promise"].includes(form.kind);
  return (
    <Sheet open title={goes ? t("记一步") : t("记结束")} onClose={onClose} foot={<SubmitBar onSubmit={submit} note={t("提交后不能修改。")} />}>
      <DraftNotice draft={draft} />
      <Chips label={t("发生了什么")} value={form.kind} options={kinds.map((value) => ({ value, label: stepText(value) }))} onChange={(kind) => draft.set({ kind })} />
      {form.kind === "receipt" && <TextField label={t("凭证号")} max={60} value={form.number ?? ""} onChange={(number) => draft.set({ number })} />}
      {promised && <DayField label={t("承诺办结日期")} value={form.due_day ?? ""} min={dayOf(sync.now() - DAY_MS)} onChange={(due_day) => draft.set({ due_day })} />}
      {told && (
        <Chips
          label={t("所说的与办事指南")}
          value={form.equal ?? null}
          options={[
            { value: "yes" as const, label: t("一致") },
            { value: "no" as const, label: t("不一致") },
          ]}
          onChange={(equal) => draft.set({ equal })}
        />
      )}
      <TextArea label={t("情况")} rows={2} max={1000} value={form.text ?? ""} onChange={(text) => draft.set({ text })} />
      <AttachField max={3} value={form.photos} onChange={(photos) => draft.set({ photos })} />
    </Sheet>
  );
}

function Permit({ sync, missions, onClose }: { sync: Sync; missions: MissionRow[]; onClose: () => void }) {
  const [form, setForm] = useState({ mission: missions[0]?.[0] ?? "", number: "", matter: "", until_day: dayOf(sync.now() + 14 * DAY_MS) });
  const change = (patch: Partial<typeof form>) => setForm({ ...form, ...patch });
  const submit = async () => {
    const receipt = await sync.save("case.permit", { ...form, number: form.number.trim(), matter: form.matter.trim() });
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={t("许可测试件")} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("许可")} disabled={!form.mission || !form.number.trim() || !form.matter.trim() || !form.until_day} />}>
      <p>{t("测试件不得影响真实办事群众，也不得形成真实的办理结果；办完须撤回或标注。")}</p>
      <Select label={t("任务")} value={form.mission} options={missionOptions(missions)} onChange={(mission) => change({ mission })} />
      <TextField label={t("许可号")} required max={60} value={form.number} onChange={(number) => change({ number })} />
      <TextField label={t("办什么事")} required max={120} value={form.matter} onChange={(matter) => change({ matter })} />
      <DayField required label={t("有效至")} value={form.until_day} min={dayOf(sync.now())} onChange={(until_day) => change({ until_day })} />
    </Sheet>
  );
}
