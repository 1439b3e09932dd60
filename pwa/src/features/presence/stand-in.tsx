/** 顶岗人: today's B proposed, another in one tap (AB.3, ORG-04, ORG-05, AB-05). */
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button, Chips, type Chip } from "../../ui";
import { rule } from "../hall/rules";
import type { Candidate } from "./model";
import type { Presence } from "./rows";

const FIRST = 3;

interface StandInProps {
  presence: Presence;
  candidates: readonly Candidate[];
  value: string;
  onChange: (uid: string) => void;
}

export function StandInField({ presence, candidates, value, onChange }: StandInProps) {
  const [all, setAll] = useState(false);
  const most = rule(presence.hall, "ab.max_live_posts_warn");
  const chosen = candidates.find((one) => one.uid === value);
  const shown = candidates.filter((one, index) => all || index < FIRST || one.uid === value);
  const options: Chip<string>[] = [...shown.map((one) => ({ value: one.uid, label: one.person.name, sub: about(one) })), { value: "", label: t("无人顶岗") }];
  return (
    <>
      <Chips label={t("顶岗人")} options={options} value={value} onChange={onChange} hint={hintOf(candidates, chosen, most)} />
      {!all && candidates.length > shown.length && (
        <Button tone="quiet" onPress={() => setAll(true)}>
          {t("更多人选（{n}）", { n: candidates.length - shown.length })}
        </Button>
      )}
    </>
  );
}

function about(one: Candidate): string {
  if (one.away) return t("不在岗");
  if (one.is_b) return t("今日B岗");
  return one.same_unit ? t("同单位") : t("相近岗位");
}

function hintOf(candidates: readonly Candidate[], chosen: Candidate | undefined, most: number): string | undefined {
  const absent = candidates.find((one) => one.is_b && one.away);
  if (chosen && chosen.covering >= most) return t("{name} 已在顶岗 {n} 个岗位，请确认忙得过来。", { name: chosen.person.name, n: chosen.covering });
  if (chosen?.away) return t("{name} 现不在岗，岗位可能无人。", { name: chosen.person.name });
  if (absent) return t("今日B岗 {name} 现不在岗，请确认顶岗人。", { name: absent.person.name });
  if (!chosen) return t("无人顶岗时，窗口将显示离岗标识，负责人会看到缺口。");
  return undefined;
}
