/** One document on its sheet: read here, printed by the browser, or fetched as PDF with its official number. */
import { useEffect, useState } from "preact/hooks";
import type { ScreenProps } from "../../app/feature";
import { Qr } from "../../display/qr";
import { LOCALES, locale as spoken, minguo, names, t, tagOf, type Locale } from "../../i18n";
import type { Sync } from "../../sync/api";
import { receiptCode } from "../../sync/chain";
import { Button, Empty, Loading, Select } from "../../ui";
import { compose, markOf, type Block } from "./compose";
import "./paper.css";
import { nameOf, type Reader } from "./reader";
import { ownAccount, useReader } from "./rows";
import { codeOf, digestOf, stampHere } from "./stamp";
import { PAPERS, speaker, type Paper } from "./templates";
import type { Speaker, Values } from "./values";

const sizeWord = (size: string): string => {
  const words: Record<string, () => string> = {
    A3L: () => t("A3 横向"), A4: () => t("A4"), A4L: () => t("A4 横向"), A5: () => t("A5"), A5L: () => t("A5 横向"), R80: () => t("80 毫米小票"),
  };
  return words[size]?.() ?? size;
};

export default function PaperScreen({ sync, params }: ScreenProps) {
  const { kind = "", id = "" } = params;
  const reader = useReader();
  const paper = PAPERS[kind];
  const [locale, setLocale] = useState<Locale>(spoken.value);
  const [size, setSize] = useState(paper?.template.sizes[0] ?? "A4");
  if (!reader) return <Loading />;
  const values = paper?.data(reader, id);
  if (!paper || !values) return <Empty title={t("没有这份单据，或本机没有它的内容")} icon="text" />;
  const query = new URLSearchParams({ locale, size, ...(minguo.value ? { era: "minguo" } : {}) });
  const { online } = sync.status.value;
  return (
    <>
      <div class="paper-tools">
        <Select label={t("文字")} value={locale} onChange={setLocale} options={LOCALES.map((one) => ({ value: one.id, label: one.own }))} />
        {paper.template.sizes.length > 1 && <Select label={t("纸张")} value={size} onChange={setSize} options={paper.template.sizes.map((one) => ({ value: one, label: sizeWord(one) }))} />}
        <Button tone="main" onPress={() => print()}>
          {t("打印")}
        </Button>
        {online !== false && (
          <a class="btn" target="_blank" rel="noopener" href={`/s/${sync.site}/paper/${kind}/${encodeURIComponent(id)}.pdf?${query.toString()}`}>
            {t("正式 PDF")}
          </a>
        )}
      </div>
      <Page sync={sync} reader={reader} paper={paper} kind={kind} rid={id} values={values} locale={locale} size={size} />
    </>
  );
}

interface PageProps {
  sync: Sync;
  reader: Reader;
  paper: Paper;
  kind: string;
  rid: string;
  values: Values;
  locale: Locale;
  size: string;
}

function Page({ sync, reader, paper, kind, rid, values, locale, size }: PageProps) {
  const { template } = paper;
  const says = speaker(template, locale, minguo.value);
  usePageSize(size);
  const { code, at } = useStamp(sync, kind, rid, values);
  const mark = markOf(template, values);
  const printed = [says.word("printed"), says.moment(at, "datetime")].join(" ");
  return (
    // A narrow screen moves the sheet sideways: from the keyboard, too.
    <article class={`paper ${template.look} ${size}`} lang={tagOf(locale)} tabIndex={0}>
      <header>
        <p>{names(reader.hall.names)}</p>
        <h1>{says.word("title")}</h1>
      </header>
      {code && <div class="paper-code"><Qr text={code} label={says.word("check_device")} /><small>{says.word("check_device")}</small></div>}
      {compose(template, values, says).map((block, n) => (
        <BlockView key={n} block={block} says={says} />
      ))}
      <footer>
        <span>{says.word("local")} {receiptCode(rid)}</span>
        <span>{says.word("version", { kind: kind.replaceAll("_", "-"), n: template.version })}</span>
        <span>{printed}</span>
        <span>{says.word(`class.${mark}`)}</span>
        {mark !== "P0" && <span>{says.word("reader", { name: nameOf(reader, reader.uid) ?? "" })}</span>}
      </footer>
    </article>
  );
}

/** Tells the style sheet what lies in the printer while this screen is open. */
function usePageSize(size: string): void {
  useEffect(() => {
    document.body.dataset["paper"] = size;
    return () => {
      delete document.body.dataset["paper"];
    };
  }, [size]);
}

/** The address in the code of this copy, signed with the key of this phone; made anew when what it says has changed. */
function useStamp(sync: Sync, kind: string, rid: string, values: Values): { code: string; at: number } {
  const digest = digestOf(kind, rid, values);
  const [made, setMade] = useState({ code: "", at: sync.now() });
  useEffect(() => {
    let here = true;
    const at = sync.now();
    const stamp = async (): Promise<void> => {
      const account = await ownAccount(sync);
      if (!account) return;
      const signed = await stampHere(account.key, { site: sync.site, kind, at, digest, dev: account.dev });
      if (here) setMade({ code: `${location.origin}/s/${sync.site}/p/${codeOf(signed)}`, at });
    };
    // Without its key the device prints without a code.
    void stamp().catch(() => undefined);
    return () => {
      here = false;
    };
  }, [sync, kind, digest]);
  return made;
}

function BlockView({ block, says }: { block: Block; says: Speaker }) {
  const rows = block.rows ?? [];
  switch (block.type) {
    case "headline":
      return <div class="paper-headline">{rows[0]?.map((text, n) => <span key={n}>{text}</span>)}</div>;
    case "big":
      return <p class="paper-big">{block.text}</p>;
    case "fields":
      return (
        <dl class={`paper-fields ${block.size ?? ""}`}>
          {rows.map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      );
    case "table":
      return <TableView block={block} />;
    case "sign":
      return (
        <div class="paper-sign">
          {rows.map(([name, who]) => (
            <div key={name}>
              <span>
                {name} {who}
              </span>
              <small>{says.word("sign_date")}</small>
            </div>
          ))}
        </div>
      );
    default:
      return <p class={`paper-text ${block.size ?? ""}`}>{block.text}</p>;
  }
}

function TableView({ block }: { block: Block }) {
  const columns = block.head ?? [];
  const whole = (block.widths ?? []).reduce((sum, width) => sum + width, 0);
  return (
    <table class="paper-table">
      {block.text && <caption>{block.text}</caption>}
      <colgroup>
        {block.widths?.map((width, n) => (
          <col key={n} width={`${(100 * width) / whole}%`} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map((text) => (
            <th key={text} scope="col">{text}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {block.rows?.map((row, n) => (
          <tr key={n}>
            {row.length === 1 && columns.length > 1 ? (
              <th colSpan={columns.length} scope="rowgroup">{row[0]}</th>
            ) : (
              row.map((text, at) => <td key={at} class={`${block.aligns?.[at] ?? ""} ${text.length < 6 ? "short" : ""}`}>{text}</td>)
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
