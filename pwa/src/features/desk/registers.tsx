/** 台账: one screen for every register: choose it, filter, sort, open a row's facts, print, take it away as a file. Needs the network. */
import { useEffect, useState } from "preact/hooks";
import { go, useNow, useSync, type ScreenProps } from "../../app/feature";
import { dayOf, exact, locale, t } from "../../i18n";
import { Button, Card, Cell, Chips, Empty, DayField, List, Loading, Notice, Section, Select } from "../../ui";
import type { RegisterInfo, RegisterPage } from "../../sync/types.gen";
import { askPage, askRegisters, wrongText, type Query } from "./ask";
import { addressOf, canFilter, filtersOf, hasSensitive, lastDays, queryOf } from "./model";
import { Exports } from "./exports";
import { FilterSheet } from "./filters";
import { PurposeSheet } from "./purpose";
import { RowDetail } from "./row";
import { Rows } from "./table";
import { TotalsCard } from "./totals";
import "./desk.css";

export default function Registers({ params, query }: ScreenProps) {
  const { list, failed, again } = useRegisters();
  const name = params["name"];
  if (failed) return <Offline text={failed} onAgain={again} />;
  if (!list) return <Loading />;
  if (list.length === 0) return <Empty title={t("没有您可以查看的台账。")} icon="ledger" />;
  if (!name) return <Choose list={list} />;
  const info = list.find((one) => one.name === name);
  if (!info) return <Choose list={list} />;
  // Another register or another question begins anew.
  return <One key={`${name}?${query.toString()}`} info={info} list={list} query={queryOf(query)} />;
}

function useRegisters() {
  const { site } = useSync();
  const [list, setList] = useState<readonly RegisterInfo[] | null>(null);
  const [failed, setFailed] = useState("");
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    setFailed("");
    askRegisters(site).then(
      (got) => setList(got.registers),
      (error: unknown) => setFailed(wrongText(error)),
    );
  }, [site, turn, locale.value]);
  return { list, failed, again: () => setTurn(turn + 1) };
}

/** What the person sees without a network: what it needs, and how to try again. */
export function Offline({ text, onAgain }: { text: string; onAgain: () => void }) {
  return (
    <Notice tone="warn" title={text} actions={<Button onPress={onAgain}>{t("重试")}</Button>}>
      {t("台账和指标在服务器上，需要联网查看；本机不保存。")}
    </Notice>
  );
}

function Choose({ list }: { list: readonly RegisterInfo[] }) {
  return (
    <>
      <p class="muted">{t("台账在服务器上，需要联网查看；导出和查看敏感内容会留下记录。")}</p>
      <List label={t("台账")}>
        {list.map((one) => (
          <Cell key={one.name} title={one.title} icon="ledger" href={`/registers/${one.name}`} />
        ))}
      </List>
    </>
  );
}

function One({ info, list, query }: { info: RegisterInfo; list: readonly RegisterInfo[]; query: Query }) {
  const [purpose, setPurpose] = useState("");
  const [asking, setAsking] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const asked = purpose ? { ...query, purpose } : query;
  const { pages, failed, more, busy } = usePages(info.name, asked);
  const first = pages[0];
  const sealed = info.columns.filter((column) => column.sealed);
  const rows = pages.reduce((sum, page) => sum + page.rows.length, 0);
  return (
    <div class={open ? "reg wide has" : "reg wide"}>
      <div class="stack">
        <Bar info={info} list={list} query={query} page={first} asked={asked} rows={rows} />
        {failed && <Offline text={failed} onAgain={more} />}
        {first && <TotalsCard info={info} page={first} query={query} />}
        {sealed.length > 0 && !purpose && (
          <Notice title={t("{names}须写明用途后才显示，查看会留下记录。", { names: sealed.map((column) => column.title).join(t("、")) })}>
            <Button onPress={() => setAsking(true)}>{t("写明用途")}</Button>
          </Notice>
        )}
        {!first && !failed && <Loading />}
        {first?.rows.length === 0 && <Empty title={t("这段时间没有记录。")} icon="ledger">{t("可以放宽起止日期或去掉筛选。")}</Empty>}
        {pages.length > 0 && (first?.rows.length ?? 0) > 0 && <Rows info={info} pages={pages} query={query} current={open} onOpen={setOpen} />}
        {pages.at(-1)?.next && (
          <Button disabled={busy} onPress={more}>
            {t("显示更多（已显示 {n} 行）", { n: rows })}
          </Button>
        )}
      </div>
      {open && <RowDetail info={info} rid={open} purpose={purpose} onClose={() => setOpen(null)} />}
      {asking && <PurposeSheet onClose={() => setAsking(false)} onSay={(said) => (setPurpose(said), setAsking(false))} />}
    </div>
  );
}

/** The pages of a query, one after another. */
function usePages(name: string, asked: Query) {
  const { site } = useSync();
  const key = JSON.stringify(asked);
  const [state, setState] = useState<{ key: string; pages: readonly RegisterPage[]; failed: string }>({ key: "", pages: [], failed: "" });
  const [busy, setBusy] = useState(false);
  const pages = state.key === key ? state.pages : [];
  const more = () => {
    const after = pages.at(-1)?.next;
    setBusy(true);
    askPage(site, name, after ? { ...asked, after } : asked)
      .then(
        (page) => setState({ key, pages: after ? [...pages, page] : [page], failed: "" }),
        (error: unknown) => setState({ key, pages, failed: wrongText(error) }),
      )
      .finally(() => setBusy(false));
  };
  useEffect(more, [site, name, key, locale.value]);
  return { pages, failed: state.key === key ? state.failed : "", more, busy };
}

interface BarProps {
  info: RegisterInfo;
  list: readonly RegisterInfo[];
  query: Query;
  asked: Query;
  page: RegisterPage | undefined;
  /** How many rows are on the screen. */
  rows: number;
}

/** Which register, which days, which unit; filters in force; files and paper. */
function Bar({ info, list, query, asked, page, rows }: BarProps) {
  const sync = useSync();
  const today = dayOf(useNow());
  const [filtering, setFiltering] = useState(false);
  const ask = (next: Query) => go(addressOf(info.name, next), { replace: true });
  const span = { from: query["from"] ?? page?.from_day ?? "", to: query["to"] ?? page?.to_day ?? "" };
  const known = { person: sync.rows("person").value, post: sync.rows("post").value };
  const named = (kind: string, id: string) => {
    if (kind === "person") return known.person.get(id)?.body.name ?? id;
    return page?.labels.posts[id] ?? known.post.get(id)?.body.number ?? id;
  };
  const filters = filtersOf(query, info, named);
  const presets = [1, 7, 30, 90].map((days) => ({ days, ...lastDays(today, days) }));
  const preset = presets.find((one) => one.from === span.from && one.to === span.to);
  return (
    <Section>
      <div class="bar">
        <Select label={t("台账")} value={info.name} options={list.map((one) => ({ value: one.name, label: one.title }))} onChange={(name) => go(addressOf(name, span))} />
        <DayField label={t("从")} value={span.from} max={span.to} onChange={(from) => ask({ ...query, ...span, from })} />
        <DayField label={t("到")} value={span.to} min={span.from} onChange={(to) => ask({ ...query, ...span, to })} />
        {(info.units?.length ?? 0) > 1 && (
          <Select
            label={t("单位")}
            value={query["unit"] ?? ""}
            options={[{ value: "", label: t("全部单位") }, ...(info.units ?? []).map(([id, name]) => ({ value: id, label: name }))]}
            onChange={(unit) => ask({ ...query, unit })}
          />
        )}
      </div>
      <div class="tools">
        <Chips
          label={t("起止")}
          hideLabel
          value={preset ? String(preset.days) : null}
          options={presets.map(({ days }) => ({ value: String(days), label: days === 1 ? t("今天") : t("近 {n} 天", { n: days }) }))}
          onChange={(days) => ask({ ...query, ...lastDays(today, Number(days)) })}
        />
        <div class="row">
          {info.columns.some((column) => canFilter(info, column)) && <Button onPress={() => setFiltering(true)}>{t("筛选")}</Button>}
          <Exports info={info} asked={asked} />
        </div>
      </div>
      {filters.length > 0 && (
        <div class="chips">
          {filters.map((one) => (
            <Button key={one.key} icon="close" label={t("去掉筛选：{text}", { text: one.text })} onPress={() => ask(one.without)}>
              {one.text}
            </Button>
          ))}
        </div>
      )}
      {filtering && <FilterSheet info={info} query={query} onClose={() => setFiltering(false)} onAsk={(next) => (setFiltering(false), ask(next))} />}
      <PrintHead info={info} span={span} filters={filters.map((one) => one.text)} sensitive={!!asked["purpose"] && hasSensitive(info)} shown={{ rows, of: page?.totals?.rows ?? 0 }} />
    </Section>
  );
}

interface PaperProps {
  info: RegisterInfo;
  span: { from: string; to: string };
  filters: readonly string[];
  sensitive: boolean;
  shown: { rows: number; of: number };
}

/** What stands above the table on paper: class mark, reader, time, days and filters (VIS-04). */
function PrintHead({ info, span, filters, sensitive, shown }: PaperProps) {
  const sync = useSync();
  const now = useNow();
  const name = sync.rows("me").value.get(sync.uid)?.body.name ?? "";
  return (
    <Card>
      <div class="on-paper">
        <h2>{info.title}</h2>
        <p>{t("密级标识：{mark}　打印人：{name}　打印时间：{time}", { mark: sensitive ? t("敏感") : t("内部"), name, time: exact(now) })}</p>
        <p>{[t("{from} 至 {to}", span), ...filters, t("共 {n} 条，列出 {rows} 条", { n: shown.of, rows: shown.rows })].join(t("；"))}</p>
      </div>
    </Card>
  );
}
