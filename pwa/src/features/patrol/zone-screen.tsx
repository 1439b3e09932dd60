/** /zone: the code of a zone as a phone's own camera opens it; the round that runs has its proof, without a network, too (PTL-09). */
import { useState } from "preact/hooks";
import { go, type ScreenProps } from "../../app/feature";
import { t } from "../../i18n";
import { Button, Section } from "../../ui";
import { zoneCodeIn } from "../hall/zone-code";
import ZonePoint from "./zone-point";
import { TypedCode } from "./zone-scan";

export default function Zone({ sync, query }: ScreenProps) {
  const [typed, setTyped] = useState("");
  const found = zoneCodeIn(query.get("z") ?? "") ?? zoneCodeIn(typed);
  return (
    <div class="stack">
      {found ? (
        <ZonePoint key={found.code} sync={sync} code={found.code} />
      ) : (
        <Section title={t("这不是分区的码")}>
          <TypedCode sync={sync} onCode={setTyped} />
        </Section>
      )}
      <Button onPress={() => go("/patrol", { replace: true })}>{t("去巡查")}</Button>
    </div>
  );
}
