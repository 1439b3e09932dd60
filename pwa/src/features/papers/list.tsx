/** What can be printed now: everything this device holds, by kind of document. */
import type { ScreenProps } from "../../app/feature";
import { locale, t } from "../../i18n";
import { Cell, Empty, List, Loading, Section } from "../../ui";
import type { Reader } from "./reader";
import { recordsOf, useReader } from "./rows";
import { PAPERS, speaker, type Paper } from "./templates";
import type { Value } from "./values";
import "./paper.css";

interface Line {
  rid: string;
  about: string;
}

/** The documents of one kind, each named by its first values. */
function linesOf(reader: Reader, kind: string, { template, data, about }: Paper): Line[] {
  const says = speaker(template, locale.value);
  return recordsOf(reader, kind).flatMap((rid) => {
    const values = data(reader, rid);
    return values ? [{ rid, about: about.map((key) => says.say(values[key] as Value)).filter(Boolean).join("\u00a0· ").replace(/(\d) (?=[A-Z])/g, "$1\u00a0") }] : [];
  });
}

export default function PaperList(_: ScreenProps) {
  const reader = useReader();
  if (!reader) return <Loading />;
  const kinds = Object.entries(PAPERS).map(([kind, paper]) => ({ kind, title: paper.template.words[locale.value]["title"] ?? kind, lines: linesOf(reader, kind, paper) }));
  const some = kinds.filter(({ lines }) => lines.length > 0);
  return (
    <>
      <p class="muted">{t("断网也能打印。联网时还可以下载带正式编号的 PDF。")}</p>
      {some.length === 0 && <Empty title={t("现在没有可打印的单据")} />}
      {some.map(({ kind, title, lines }) => (
        <Section key={kind} title={title}>
          <List label={title}>
            {lines.map(({ rid, about }) => (
              <Cell key={rid} title={<span class="paper-line">{about}</span>} href={`/papers/${kind}/${encodeURIComponent(rid)}`} />
            ))}
          </List>
        </Section>
      ))}
    </>
  );
}
