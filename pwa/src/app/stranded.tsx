/** At the door: the browser has lost its database, but not what was saved twice. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { countStranded } from "../sync/stranded";
import { browserEnv } from "../sync/env";
import { Notice } from "../ui";

export default function Stranded() {
  const n = useSignal(0);
  useEffect(() => {
    void countStranded(browserEnv()).then((found) => (n.value = found));
  }, []);
  if (!n.value) return null;
  return (
    <Notice tone="warn" title={t("浏览器丢失了本机数据，另一处还存有 {n} 条记录。", { n: n.value })}>
      {t("请本人登录：记录会自动恢复，没有送达的会补送。")}
    </Notice>
  );
}
