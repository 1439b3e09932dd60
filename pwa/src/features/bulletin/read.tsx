/** One bulletin as it reads: the internal version where this person has it, the public one beside it; for editors the next step. */
import { useState } from "preact/hooks";
import { go } from "../../app/feature";
import { t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Bulletin, BulletinCase, BulletinDetail, BulletinIssued, BulletinLine, BulletinNumbers } from "../../sync/types.gen";
import { Button, Buttons, Cell, Chips, Confirm, Facts, List, Notice, Section, Tag, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { postName, unitName } from "../hall/names";
import type { Entry } from "./bulletins";
import { kindWord, lineTitle, lineWord, numberFacts, numberWord, peopleIn, spanWord, STATE_TONE, stateWord, whatWord } from "./words";

type Version = "inside" | "public";

/** What a version shows, whether it is issued or still a draft. */
interface Shown {
  kind: Bulletin["kind"];
  span: string;
  title: string;
  number: string;
  numbers: BulletinNumbers;
  lines: readonly BulletinLine[];
  method: string;
  overall: string;
  good: readonly BulletinCase[];
  cases: readonly BulletinCase[];
  demands: string;
  terms: string;
  annex: string;
  details: readonly BulletinDetail[];
}

function draftOf(work: Bulletin, version: Version): Shown {
  const { wording } = work;
  const open = version === "public";
  const told = (cases: readonly BulletinCase[] = []) => cases.filter((one) => !one.referred && (!open || one.public));
  return {
    kind: work.kind,
    span: spanWord(work.from_day, work.to_day),
    title: wording.title ?? "",
    number: work.number ?? "",
    numbers: open ? { ...work.numbers, waiting: 0 } : work.numbers,
    lines: work.lines,
    method: wording.method ?? "",
    overall: (open ? wording.public_overall : wording.overall) ?? "",
    good: told(wording.good),
    cases: told(wording.cases),
    demands: wording.demands ?? "",
    terms: wording.terms ?? "",
    annex: open ? "" : (wording.annex ?? ""),
    details: open ? [] : work.details,
  };
}

function issuedOf(body: BulletinIssued): Shown {
  const { method = "", overall = "", good = [], cases = [], demands = "", terms = "", annex = "", details = [] } = body;
  return { kind: body.kind, span: spanWord(body.from_day, body.to_day), title: body.title, number: body.number, numbers: body.numbers, lines: body.lines, method, overall, good, cases, demands, terms, annex, details };
}

export function Read({ sync, entry }: { sync: Sync; entry: Entry }) {
  const { rid, work, inside, open } = entry;
  const both = work !== undefined || inside !== undefined;
  const [version, setVersion] = useState<Version>(both ? "inside" : "public");
  const issued = version === "inside" ? inside : open;
  const withdrawn = open?.withdrawn || (work?.state === "withdrawn" ? work.text : "");
  const shown = work?.state === "draft" || !issued ? work && draftOf(work, version) : issuedOf(issued);
  if (!shown) return null;
  const versions = [
    { value: "inside" as const, label: t("内部版") },
    { value: "public" as const, label: t("公开版") },
  ];
  const paper = version === "inside" ? "bulletin_in" : "bulletin_pub";
  return (
    <div class="stack">
      {both && <Chips label={t("版本")} hideLabel options={versions} value={version} onChange={setVersion} />}
      {work && <State sync={sync} rid={rid} work={work} />}
      {withdrawn ? <Notice tone="warn" title={t("已收回：{text}", { text: withdrawn })} /> : <Body sync={sync} shown={shown} />}
      <Referred sync={sync} rid={rid} />
      {issued && !withdrawn && (
        <Buttons>
          <Button icon="download" onPress={() => go(`/papers/${paper}/${encodeURIComponent(rid)}`)}>
            {t("打印或取 PDF")}
          </Button>
        </Buttons>
      )}
    </div>
  );
}

/** What was left out because it looks like wrong-doing; only the discipline section has the row (CHK-10). */
function Referred({ sync, rid }: { sync: Sync; rid: string }) {
  const cases = sync.rows("bulletin.referred").value.get(rid)?.body.cases ?? [];
  return <Cases sync={sync} title={t("移交纪检的线索，不在通报里")} cases={cases} />;
}

/** The work copy: what may be done with it now. */
function State({ sync, rid, work }: { sync: Sync; rid: string; work: Bulletin }) {
  const act = useAct();
  const [asking, setAsking] = useState<"issue" | "withdraw" | null>(null);
  const [text, setText] = useState("");
  const view = sync.rows("bulletin").value.get(rid);
  const guard = { [rid]: view?.ver ?? 0 };
  const close = () => setAsking(null);
  const issue = async () => {
    close();
    await act(() => sync.save("bulletin.issue", {}, { rid, guard }));
  };
  const withdraw = async () => {
    close();
    await act(() => sync.save("bulletin.withdraw", { text: text.trim() }, { rid, guard }));
  };
  const refresh = () => act(() => sync.save("bulletin.draft", { kind: work.kind, from_day: work.from_day, to_day: work.to_day }, { rid }));
  const { title = "", overall = "", public_overall = "" } = work.wording;
  const ready = title.trim() !== "" && overall.trim() !== "" && public_overall.trim() !== "";
  const draft = work.state === "draft";
  // Everybody reads why an issued one was taken back; the server looks again.
  const named = !draft && peopleIn(sync, text).length > 0;
  return (
    <Section title={t("草稿和发布")} aside={<Tag tone={STATE_TONE[work.state]}>{stateWord(work.state)}</Tag>}>
      <p class="muted">
        {draft ? t("数目取自 {time} 时已经确认的问题。", { time: when(work.numbers.made_at, sync.now()) }) : t("{time} 发布", { time: when(work.issued_at ?? 0, sync.now()) })}
        {draft && work.numbers.waiting ? t("还有 {n} 个问题在陈述期内或待核，没有列入。", { n: work.numbers.waiting }) : ""}
      </p>
      {(work.fallen ?? []).length > 0 && work.state === "issued" && (
        <Notice tone="warn" title={t("发布后，其中部分内容已被撤回或改变：{units}", { units: (work.fallen ?? []).map((unit) => unitName(sync.rows("unit").value, unit)).join(t("、")) })}>
          {t("请核对，必要时收回，重新汇总后再发布。")}
        </Notice>
      )}
      {draft && !ready && <Notice tone="info" title={t("写好标题、内部和公开的总体情况后才能发布。")} />}
      <Buttons>
        {draft && (
          <Button tone={ready ? "plain" : "main"} icon="edit" onPress={() => go(`/bulletins/${rid}/edit`)}>
            {t("编辑")}
          </Button>
        )}
        {draft && (
          <Button tone="main" disabled={!ready || view?.pending === true} onPress={() => setAsking("issue")}>
            {t("发布")}
          </Button>
        )}
        {draft && <Button onPress={() => void refresh()}>{t("重新汇总")}</Button>}
        {(draft || work.state === "issued") && (
          <Button tone="danger" onPress={() => setAsking("withdraw")}>
            {draft ? t("放弃") : t("收回")}
          </Button>
        )}
      </Buttons>
      <Confirm open={asking === "issue"} title={t("发布这份通报？")} confirm={t("发布")} onClose={close} onConfirm={() => void issue()}>
        <p>{t("内部版发给各单位负责人、巡查人员、办公室和领导；公开版只到单位，全厅可读。发布后不能修改，只能收回。")}</p>
      </Confirm>
      <Confirm open={asking === "withdraw"} title={draft ? t("放弃这份草稿？") : t("收回这份通报？")} confirm={draft ? t("放弃") : t("收回")} tone="danger" disabled={text.trim() === "" || named} onClose={close} onConfirm={() => void withdraw()}>
        {!draft && <p>{t("读过的人会看到收回的理由，看不到内容。")}</p>}
        <TextArea label={t("理由")} required rows={2} max={500} value={text} onChange={setText} error={named ? t("只写到单位，不写姓名。") : undefined} />
      </Confirm>
    </Section>
  );
}

function Body({ sync, shown }: { sync: Sync; shown: Shown }) {
  return (
    <article class="bulletin">
      <header>
        <small>{shown.number ? numberWord(shown.kind, shown.number) : kindWord(shown.kind)}</small>
        <h2>{shown.title || kindWord(shown.kind)}</h2>
        <small>{shown.span}</small>
      </header>
      <Said title={t("巡查和检查方式")} text={shown.method} />
      <Said title={t("总体情况")} text={shown.overall} />
      <Section title={t("主要数目")}>
        <Facts facts={numberFacts(shown.kind, shown.numbers)} />
      </Section>
      <Cases sync={sync} title={t("好的做法")} cases={shown.good} />
      <Section title={t("各单位情况")}>
        {shown.lines.length === 0 ? (
          <p class="muted">{t("这段时间没有已确认的问题。")}</p>
        ) : (
          <List>
            {shown.lines.map((line) => (
              <Cell key={line.unit} title={lineTitle(sync, line)} sub={lineWord(sync, line)} />
            ))}
          </List>
        )}
      </Section>
      <Cases sync={sync} title={t("典型问题")} cases={shown.cases} />
      <Said title={t("要求")} text={shown.demands} />
      <Said title={t("整改期限")} text={shown.terms} />
      <Said title={t("附件")} text={shown.annex} />
      {shown.details.length > 0 && (
        <Section title={t("逐条情况")} aside={t("只在内部版")}>
          <List>
            {shown.details.map((one, at) => (
              <Cell
                key={at}
                title={whatWord(sync, one.what)}
                sub={[unitName(sync.rows("unit").value, one.unit), one.post ? postName(sync.rows("post").value, one.post) : "", when(one.at, sync.now()), one.minutes ? t("{n} 分钟", { n: one.minutes }) : ""].filter(Boolean).join("\u00a0· ")}
              />
            ))}
          </List>
        </Section>
      )}
    </article>
  );
}

function Said({ title, text }: { title: string; text: string }) {
  if (!text.trim()) return null;
  return (
    <Section title={title}>
      <p class="said">{text}</p>
    </Section>
  );
}

function Cases({ sync, title, cases }: { sync: Sync; title: string; cases: readonly BulletinCase[] }) {
  if (cases.length === 0) return null;
  return (
    <Section title={title}>
      <List>
        {cases.map((one, at) => (
          <Cell key={at} title={one.title} sub={<span class="said">{[unitName(sync.rows("unit").value, one.unit), one.text].filter(Boolean).join("\n")}</span>} />
        ))}
      </List>
    </Section>
  );
}
