/** 编辑通报: the words of both versions beside the numbers they are about. Kept on this device until saved; issued elsewhere. */
import { back, DraftNotice, SubmitBar, useDraft, type ScreenProps } from "../../app/feature";
import { names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Bulletin, BulletinCase, BulletinWording } from "../../sync/types.gen";
import { Button, Card, Check, Empty, Facts, List, Cell, Section, Select, TextArea, TextField } from "../../ui";
import { unitName } from "../hall/names";
import { kindWord, lineTitle, lineWord, numberFacts, peopleIn, spanWord } from "./words";
import "./bulletin.css";

type Form = Required<BulletinWording>;

export default function Editor({ sync, params }: ScreenProps) {
  const rid = params["id"] ?? "";
  const view = sync.rows("bulletin").value.get(rid);
  if (view?.body.state !== "draft") return <Empty title={t("没有这份草稿，或已经发布")} icon="bulletin" />;
  return <Write key={rid} sync={sync} rid={rid} work={view.body} ver={view.ver} />;
}

function formOf(sync: Sync, work: Bulletin): Form {
  const { wording: w } = work;
  return {
    title: w.title || t("{hall}{kind}", { hall: names(sync.rows("hall").value.get("hall")?.body.names), kind: kindWord(work.kind) }),
    method: w.method ?? "",
    overall: w.overall ?? "",
    public_overall: w.public_overall ?? "",
    good: w.good ?? [],
    cases: w.cases ?? [],
    demands: w.demands ?? "",
    terms: w.terms ?? "",
    annex: w.annex ?? "",
  };
}

function Write({ sync, rid, work, ver }: { sync: Sync; rid: string; work: Bulletin; ver: number }) {
  const draft = useDraft<Form>(`bulletin:${rid}`, formOf(sync, work), t("编辑通报"));
  const { value: form, set } = draft;
  const named = namesIn(sync, form);
  const wrong = form.good.concat(form.cases).some((one) => !one.unit || !one.title.trim()) ? t("每个典型都要选单位、写标题。") : "";
  const submit = async () => {
    const receipt = await sync.save("bulletin.edit", { wording: form }, { rid, guard: { [rid]: ver }, ...draft.record });
    await draft.done();
    back();
    return receipt;
  };
  return (
    <div class="bulletin-edit wide">
      <form class="stack" onSubmit={(event) => event.preventDefault()}>
        <DraftNotice draft={draft} />
        <Section title={t("内容")}>
          <TextField label={t("标题")} required max={120} value={form.title} onChange={(title) => set({ title })} />
          <TextArea label={t("巡查和检查方式")} rows={2} max={2000} value={form.method} onChange={(method) => set({ method })} />
          <TextArea label={t("总体情况（内部版）")} required rows={5} max={8000} value={form.overall} onChange={(overall) => set({ overall })} />
          <TextArea
            label={t("总体情况（公开版）")}
            required
            rows={4}
            max={8000}
            value={form.public_overall}
            onChange={(public_overall) => set({ public_overall })}
            hint={named.length === 0 ? t("只写到单位，不写姓名。") : undefined}
            error={named.length > 0 ? t("公开版里写了姓名：{names}，这样不能发布。", { names: named.join(t("、")) }) : undefined}
          />
        </Section>
        <CaseList sync={sync} title={t("好的做法")} cases={form.good} onChange={(good) => set({ good })} />
        <CaseList sync={sync} title={t("典型问题")} cases={form.cases} refers onChange={(cases) => set({ cases })} />
        <Section title={t("要求和期限")}>
          <TextArea label={t("要求")} rows={3} max={8000} value={form.demands} onChange={(demands) => set({ demands })} />
          <TextArea label={t("整改期限")} rows={2} max={2000} value={form.terms} onChange={(terms) => set({ terms })} />
          <TextArea label={t("附件（只在内部版）")} rows={3} max={8000} value={form.annex} onChange={(annex) => set({ annex })} />
        </Section>
        <SubmitBar verb={t("保存草稿")} disabled={wrong !== ""} note={wrong || t("保存后回到通报，在那里发布。")} onSubmit={submit} />
      </form>
      <aside class="stack">
        <Section title={kindWord(work.kind)}>
          <p class="muted">{spanWord(work.from_day, work.to_day)}</p>
          <Facts facts={numberFacts(work.kind, work.numbers)} />
        </Section>
        <Section title={t("各单位情况")}>
          {work.lines.length === 0 ? (
            <p class="muted">{t("这段时间没有已确认的问题。")}</p>
          ) : (
            <List>
              {work.lines.map((line) => (
                <Cell key={line.unit} title={lineTitle(sync, line)} sub={lineWord(sync, line)} />
              ))}
            </List>
          )}
        </Section>
      </aside>
    </div>
  );
}

/** People of the hall who are named in what everybody would read; the server looks again. */
function namesIn(sync: Sync, form: Form): string[] {
  const open = [...form.good, ...form.cases].filter((one) => one.public && !one.referred).flatMap((one) => [one.title, one.text]);
  const text = [form.title, form.method, form.public_overall, form.demands, form.terms, ...open].join("\n");
  return peopleIn(sync, text);
}

function CaseList({ sync, title, cases, refers = false, onChange }: { sync: Sync; title: string; cases: readonly BulletinCase[]; refers?: boolean; onChange: (cases: BulletinCase[]) => void }) {
  const units = sync.rows("unit").value;
  const change = (at: number, patch: Partial<BulletinCase>) => onChange(cases.map((one, n) => (n === at ? { ...one, ...patch } : one)));
  const options = [{ value: "", label: t("请选择") }, ...[...units.keys()].map((value) => ({ value, label: unitName(units, value) }))];
  return (
    <Section title={title} aside={cases.length > 0 ? t("{n} 个", { n: cases.length }) : ""}>
      {cases.map((one, at) => (
        <Card key={at}>
          <Select label={t("单位")} required value={one.unit} options={options} onChange={(unit) => change(at, { unit })} />
          <TextField label={t("标题")} required max={120} value={one.title} onChange={(said) => change(at, { title: said })} />
          <TextArea label={t("情况")} rows={3} max={4000} value={one.text} onChange={(text) => change(at, { text })} />
          {!one.referred && <Check label={t("也写进公开版")} value={one.public ?? false} onChange={(value) => change(at, { public: value })} />}
          {refers && <Check label={t("涉嫌违纪，移交纪检，不写进通报")} value={one.referred ?? false} onChange={(value) => change(at, { referred: value })} />}
          <Button tone="danger" onPress={() => onChange(cases.filter((_, n) => n !== at))}>
            {t("去掉")}
          </Button>
        </Card>
      ))}
      <Button onPress={() => onChange([...cases, { unit: "", title: "", text: "" }])}>{t("增加一个")}</Button>
    </Section>
  );
}
