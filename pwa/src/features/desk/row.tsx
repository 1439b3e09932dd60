/** One row with everything it says, and the registers in which the facts behind it are. */
import { useEffect, useState } from "preact/hooks";
import { useSync } from "../../app/feature";
import { locale, t } from "../../i18n";
import type { RegisterDetail, RegisterInfo } from "../../sync/types.gen";
import { Button, Card, Cell, Facts, IconButton, List, Loading, Notice, Section } from "../../ui";
import { askRow, wrongText } from "./ask";
import { addressOf, cellText, SEALED } from "./model";

export function RowDetail({ info, rid, purpose, onClose }: { info: RegisterInfo; rid: string; purpose: string; onClose: () => void }) {
  const { site } = useSync();
  const [detail, setDetail] = useState<RegisterDetail | null>(null);
  const [failed, setFailed] = useState("");
  const read = () => {
    setFailed("");
    askRow(site, info.name, rid, purpose ? { purpose } : {}).then(setDetail, (error: unknown) => setFailed(wrongText(error)));
  };
  useEffect(read, [site, info.name, rid, purpose, locale.value]);
  const known = detail?.row.rid === rid ? detail : null;
  return (
    <aside class="aside" aria-label={t("所选记录")}>
      <header class="row">
        <h2 class="grow">{t("所选记录")}</h2>
        <IconButton icon="close" label={t("关闭")} onPress={onClose} />
      </header>
      {failed && <Notice tone="warn" title={failed} actions={<Button onPress={read}>{t("重试")}</Button>} />}
      {!known && !failed && <Loading />}
      {known && (
        <>
          <Card>
            <Facts
              facts={info.columns.map((column, at) => [
                column.title,
                known.row.sealed?.includes(column.key) ? SEALED : <span class="num">{cellText(column, known.row.cells[at] ?? null, known.labels, true)}</span>,
              ])}
            />
          </Card>
          {known.related.length > 0 && (
            <Section title={t("相关事实")}>
              <List label={t("相关事实")}>
                {known.related.map((link) => (
                  <Cell key={link.title} title={link.title} icon="ledger" href={addressOf(link.register, link.query)} />
                ))}
              </List>
            </Section>
          )}
        </>
      )}
    </aside>
  );
}
