/** Publish or void one visit: both final, both asked about, both bound to the version that was read. */
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Button, Buttons, Confirm, TextArea } from "../../ui";

interface DecideProps {
  sync: Sync;
  rid: string;
  ver: number;
  /** The record itself is not yet at the server: nothing to decide on. */
  pending: boolean;
  /** Only voiding is left; it takes back what the unit has seen. */
  published: boolean;
}

export function Decide({ sync, rid, ver, pending, published }: DecideProps) {
  const [asking, setAsking] = useState<"publish" | "void" | null>(null);
  const [text, setText] = useState("");
  const close = (): void => {
    setAsking(null);
    setText("");
  };
  const decide = async (kind: "visit.publish" | "visit.void"): Promise<void> => {
    const words = text.trim();
    const options = { rid, guard: { [rid]: ver } };
    if (kind === "visit.publish") await sync.save(kind, words ? { text: words } : {}, options);
    else await sync.save(kind, { text: words }, options);
    close();
  };
  return (
    <div>
      <Buttons>
        <Button tone="danger" disabled={pending} onPress={() => setAsking("void")}>
          {t("作废")}
        </Button>
        {!published && (
          <Button tone="main" disabled={pending} onPress={() => setAsking("publish")}>
            {t("公布")}
          </Button>
        )}
      </Buttons>
      <Confirm
        open={asking === "publish"}
        title={t("公布这次检查结果？")}
        confirm={t("公布")}
        onClose={close}
        onConfirm={() => void decide("visit.publish")}
      >
        <p>{t("公布后，受检单位负责人、办公室和领导会看到得分、不合格项和说明，看不到暗访人员。")}</p>
        <TextArea label={t("给受检单位的话")} rows={2} max={500} value={text} onChange={setText} />
      </Confirm>
      <Confirm
        open={asking === "void"}
        title={t("作废这次记录？")}
        confirm={t("作废")}
        tone="danger"
        disabled={text.trim() === ""}
        onClose={close}
        onConfirm={() => void decide("visit.void")}
      >
        <p>{t("作废的记录留存备查，不计入任何结果。请写明理由，如身份暴露、走错单位。")}</p>
        {published && <p>{t("受检单位将不再看到这次结果。")}</p>}
        <TextArea label={t("作废理由")} required rows={2} max={500} value={text} onChange={setText} />
      </Confirm>
    </div>
  );
}
