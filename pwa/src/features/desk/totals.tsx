/** How many there are, before any row: by state and by unit; each number opens its rows (VIS-05). */
import { go } from "../../app/feature";
import { t } from "../../i18n";
import type { RegisterInfo, RegisterPage } from "../../sync/types.gen";
import { Button, Card } from "../../ui";
import type { Query } from "./ask";
import { addressOf, wordOf } from "./model";

const UNITS_MAX = 8;

export function TotalsCard({ info, page, query }: { info: RegisterInfo; page: RegisterPage; query: Query }) {
  const totals = page.totals;
  if (!totals || totals.rows === 0) return null;
  const by = info.columns.find((column) => column.key === info.totals);
  const units = (totals.units ?? []).filter(([id]) => id !== "");
  const open = (extra: Query) => go(addressOf(info.name, { ...query, ...extra }));
  const names = new Map(info.units ?? []);
  return (
    <Card>
      <div class="row wrap totals">
        <b class="num">{t("共 {n} 条", { n: totals.rows })}</b>
        {by &&
          (totals.by ?? []).map(([value, n]) => (
            <Button key={value} tone="quiet" onPress={() => open({ [`f.${by.key}`]: value })}>
              {wordOf(by, value)} <span class="num">{n}</span>
            </Button>
          ))}
      </div>
      {units.length > 1 && !query["unit"] && (
        <div class="row wrap totals">
          <span class="muted">{t("按单位")}</span>
          {units.slice(0, UNITS_MAX).map(([id, n]) => (
            <Button key={id} tone="quiet" onPress={() => open({ unit: id })}>
              {names.get(id) ?? id} <span class="num">{n}</span>
            </Button>
          ))}
          {units.length > UNITS_MAX && <span class="muted">{t("等 {n} 个单位", { n: units.length })}</span>}
        </div>
      )}
    </Card>
  );
}
