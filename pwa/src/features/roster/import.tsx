/** 导入与导出: a spreadsheet is looked at first, with every error by row and column; taken in as a whole or not at all. Needs the network. */
import { useState } from "preact/hooks";
import { type ScreenProps, useSync } from "../../app/feature";
import { gateText } from "../../app/gate";
import { locale, t } from "../../i18n";
import { browserEnv } from "../../sync/env";
import { Offline, Problem } from "../../sync/problem";
import type { ProblemBody, SheetError, SheetReport } from "../../sync/types.gen";
import { Button, Icon, Notice, Section, Table } from "../../ui";
import "./roster.css";

const BYTES_MAX = 8 * 1024 * 1024;
const TABLES = ["zones", "units", "services", "posts", "people", "qualifications", "roster"] as const;

export default function Import({ sync }: ScreenProps) {
  const [file, setFile] = useState<File | null>(null);
  const [report, setReport] = useState<SheetReport | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (chosen: File, apply: boolean) => {
    setBusy(true);
    setFailed(null);
    try {
      setReport(await handIn(sync.site, chosen, apply));
    } catch (error) {
      setReport(null);
      setFailed(gateText(error));
    }
    setBusy(false);
  };
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    setReport(null);
    if (chosen.size > BYTES_MAX) return setFailed(t("表格文件超过 8 MB，请分成几份。"));
    return void send(chosen, false);
  };
  const news = report?.counts?.some((count) => count.added + count.changed > 0) ?? false;
  return (
    <div class="stack">
      <Section title={t("导入")} aside={t("需要联网")}>
        <p class="muted">{t("XLSX 或 CSV（UTF-8、GBK）。先检查，不改动；有一处错误就整份不导入。排班进入草稿，发布前可以再改。")}</p>
        <p class="muted">{t("新大厅请填好一份模板（XLSX）一次导入。分成几份时，负责人和联络岗先留空，导入人员和岗位以后再补上。")}</p>
        <label class="btn pick">
          <Icon name="download" />
          {file ? t("换一个表格文件") : t("选择表格文件")}
          <input type="file" class="sr" accept=".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" onChange={(event) => choose(event.currentTarget.files?.[0])} />
        </label>
        {file && <p class="num">{file.name}</p>}
        {busy && <p role="status">{t("正在检查…")}</p>}
        {failed && <Notice tone="bad" title={failed} />}
        {report && <Report report={report} />}
        {report && !report.applied && !report.errors?.length && news && file && (
          <Button tone="main" disabled={busy} onPress={() => void send(file, true)}>
            {t("导入")}
          </Button>
        )}
      </Section>
      <Section title={t("模板")}>
        <div class="row wrap">
          <File name="template.xlsx" label={t("空白模板（XLSX）")} />
        </div>
      </Section>
      <Section title={t("导出")} aside={t("改好后可以再导入")}>
        <div class="row wrap">
          <File name="hall.xlsx" label={t("全部（XLSX）")} />
          {TABLES.map((table) => (
            <File key={table} name={`${table}.csv`} label={t("{table}（CSV）", { table: tableWord(table) })} />
          ))}
        </div>
      </Section>
    </div>
  );
}

function tableWord(table: (typeof TABLES)[number]): string {
  return { zones: t("区域"), units: t("单位"), services: t("受理事项"), posts: t("岗位"), people: t("人员"), qualifications: t("资质"), roster: t("排班") }[table];
}

function File({ name, label }: { name: string; label: string }) {
  const sync = useSync();
  return (
    <a class="btn" href={`/s/${sync.site}/sheets/${name}?locale=${locale.value}`} download>
      <Icon name="download" />
      {label}
    </a>
  );
}

function Report({ report }: { report: SheetReport }) {
  const errors = report.errors ?? [];
  const counts = report.counts ?? [];
  return (
    <>
      {errors.length > 0 && <Notice tone="bad" title={t("有 {n} 处错误，没有导入任何内容。", { n: errors.length + (report.more ?? 0) })} />}
      {report.applied && (
        <Notice tone="ok" title={t("已全部导入。")}>
          {counts.some(({ sheet, added }) => added > 0 && sheet === tableWord("people")) && t("新人员还没有密码：在“组织”的“人员”里逐个发放，当面交给本人。")}
        </Notice>
      )}
      {!report.applied && errors.length === 0 && <Notice tone="info" title={t("检查通过，还没有改动任何内容。")} />}
      {errors.length > 0 && (
        <div class="report">
          <Table<SheetError>
            caption={t("错误")}
            rows={errors}
            rowKey={(row) => `${row.sheet}:${row.row}:${row.column}:${row.text}`}
            columns={[
              { id: "where", title: t("位置"), cell: where },
              { id: "text", title: t("问题"), cell: (row) => row.text },
            ]}
          />
        </div>
      )}
      {errors.length === 0 && counts.length > 0 && (
        <Table
          caption={t("内容")}
          rows={counts}
          rowKey={(row) => row.sheet}
          columns={[
            { id: "sheet", title: t("表"), cell: (row) => row.sheet },
            { id: "added", title: t("新增"), numeric: true, cell: (row) => row.added },
            { id: "changed", title: t("修改"), numeric: true, cell: (row) => row.changed },
            { id: "same", title: t("不变"), numeric: true, cell: (row) => row.same },
          ]}
        />
      )}
    </>
  );
}

function where({ sheet, row, column }: SheetError): string {
  if (!row) return sheet || t("整份表格");
  return [sheet, column ? t("第{row}行{column}列", { row, column }) : t("第{row}行", { row })].filter(Boolean).join(" ");
}

const isReport = (said: unknown): said is SheetReport => typeof said === "object" && said !== null && "applied" in said;
const isProblem = (said: unknown): said is ProblemBody => typeof said === "object" && said !== null && "type" in said && "retry" in said;

/** Sends one file as it is; the answer is the report. Throws `Problem` or `Offline`. */
async function handIn(site: string, file: File, apply: boolean): Promise<SheetReport> {
  const env = browserEnv();
  const path = `/s/${site}/sheets?locale=${locale.value}${apply ? "&apply=true" : ""}`;
  const answer = await env.fetch(env.origin + path, { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } }).catch(() => null);
  const said: unknown = await answer?.json().catch(() => null);
  if (answer?.ok && isReport(said)) return said;
  if (isProblem(said)) throw new Problem(said.type, said.status, said.retry, said.params ?? {});
  throw new Offline("not the site's answer");
}
