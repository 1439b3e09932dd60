/** Taking a register away: XLSX, CSV, PDF, paper. Each file carries class mark, reader and time, and is in the audit log (VIS-04). */
import { useState } from "preact/hooks";
import { useSync } from "../../app/feature";
import { t } from "../../i18n";
import type { RegisterInfo } from "../../sync/types.gen";
import { Button, toast } from "../../ui";
import { takeFile, wrongText, type FileKind, type Query } from "./ask";

export function Exports({ info, asked }: { info: RegisterInfo; asked: Query }) {
  const { site } = useSync();
  const [busy, setBusy] = useState(false);
  const take = (kind: FileKind) => {
    setBusy(true);
    takeFile(site, info.name, kind, asked)
      .then(() => toast(t("已导出，本次导出已留下记录。")), (error: unknown) => toast(wrongText(error)))
      .finally(() => setBusy(false));
  };
  return (
    <>
      <Button disabled={busy} label={t("导出 XLSX 表格")} onPress={() => take("xlsx")}>
        {t("XLSX")}
      </Button>
      <Button disabled={busy} label={t("导出 CSV 文件")} onPress={() => take("csv")}>
        {t("CSV")}
      </Button>
      <Button disabled={busy} label={t("导出 PDF 文件，每页有水印")} onPress={() => take("pdf")}>
        {t("PDF")}
      </Button>
      <Button disabled={busy} onPress={() => print()}>
        {t("打印")}
      </Button>
    </>
  );
}
