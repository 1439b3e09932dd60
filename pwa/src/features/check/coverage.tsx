/** 覆盖率: distinct units with a published visit, against what is needed; by category too, so that easy ones alone do not reach it (CHK-02, CHK-03). */
import { t } from "../../i18n";
import type { Covered } from "../../sync/types.gen";
import { Table } from "../../ui";
import { categoryWord } from "./words";
import "./check.css";

interface CoverageProps {
  all: Covered;
  categories: Readonly<Record<string, Covered>>;
  needed: number;
}

export function Coverage({ all, categories, needed }: CoverageProps) {
  const rows = [...Object.entries(categories).map(([name, covered]) => ({ name: categoryWord(name), covered })), { name: t("合计"), covered: all }];
  return (
    <div class="stack c-cover">
      <p>
        <b class="num">{t("{n} / {m} 家", { n: all.reached, m: needed })}</b> · {all.reached >= needed ? t("已达到要求") : t("还差 {n} 家", { n: needed - all.reached })}
      </p>
      <progress max={needed} value={Math.min(all.reached, needed)} aria-label={t("覆盖率")} />
      <Table
        caption={t("按类别的覆盖情况")}
        rows={rows}
        rowKey={(row) => row.name}
        columns={[
          { id: "name", title: t("类别"), cell: (row) => row.name },
          { id: "units", title: t("单位"), numeric: true, cell: (row) => `${row.covered.reached} / ${row.covered.units}` },
          { id: "drawn", title: t("抽中"), numeric: true, cell: (row) => row.covered.drawn },
          { id: "windows", title: t("窗口"), numeric: true, cell: (row) => `${row.covered.windows_reached} / ${row.covered.windows}` },
        ]}
      />
      <small>{t("同一单位重复检查不重复计算；只计已公布的检查。")}</small>
    </div>
  );
}
