/** 时间凭据: when each record behind a finding says it was made, when the server had it, and what that is worth (CON-02, CON-07). */
import { useNow } from "../../app/feature";
import { clock, t, when } from "../../i18n";
import type { Finding } from "../../sync/types.gen";
import { Cell, List, Section } from "../../ui";
import { gradeWord } from "../hall/sentence";

type SaidAt = NonNullable<Finding["times"]>[number];

export function Times({ times }: { times: readonly SaidAt[] }) {
  const now = useNow();
  if (times.length === 0) return null;
  return (
    <Section title={t("时间凭据")}>
      <List>
        {times.map((one, index) => (
          <Cell key={index} title={whatWord(one.what)} sub={worthOf(one, now)} value={clock(one.at)} />
        ))}
      </List>
    </Section>
  );
}

function whatWord(what: SaidAt["what"]): string {
  if (what === "notice") return t("离岗告示");
  return what === "present" ? t("见有人在岗") : t("无人在岗");
}

/** "收到时间 10:40 · A：时间有凭据 · 手机时钟已校正 +12 秒". */
function worthOf({ received_at, grade, offset_ms }: SaidAt, now: number): string {
  const parts = [t("收到时间 {time}", { time: when(received_at, now) }), gradeWord(grade)];
  const seconds = Math.round((offset_ms ?? 0) / 1000);
  if (offset_ms != null) parts.push(t("手机时钟已校正 {n} 秒", { n: seconds > 0 ? `+${seconds}` : seconds }));
  return parts.join("\u00a0· ");
}
