/** The person's own notice: 返岗 in one tap, 延长 in two (AWY-07). */
import { useState } from "preact/hooks";
import { SubmitBar } from "../../app/feature";
import { clock, duration, t } from "../../i18n";
import { BigButton, Button, Buttons, Card, DateTimeWheel, Facts, Sheet, Tag, TextField } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postNames } from "../hall/names";
import { MINUTE_MS } from "../hall/rules";
import { longestUntil } from "./bounds";
import { emptiesOffice } from "./cover";
import { coverStanding, servedBy } from "./model";
import { phaseOf, type Notice } from "./notice";
import type { Presence } from "./rows";
import { AssignSheet, troubleWord } from "./settle";
import { COVER_TONE, coverWord, PHASE_TONE, phaseWord, reasonWord, spanWord } from "./words";

export function OwnNotice({ presence, notice }: { presence: Presence; notice: Notice }) {
  const { sync, now, hall, rows } = presence;
  const [extending, setExtending] = useState(false);
  const act = useAct();
  const phase = phaseOf(notice, now, hall);
  const served = servedBy(notice, presence.posts);
  const standing = served ? "in_force" : coverStanding(notice, now, hall, presence.posts);
  const over_ms = now - notice.back_at;
  const told = rows.told.get(notice.rid)?.body;
  const [assigning, setAssigning] = useState(false);
  const facts: [string, string][] = [[t("时间"), spanWord(notice.leaves_at, notice.back_at, now)]];
  // Not everybody who leaves has a post today.
  if (notice.whole_unit || notice.posts.length > 0) facts.unshift([t("岗位"), notice.whole_unit ? t("全室") : postNames(rows.posts, notice.posts)]);
  if (notice.destination) facts.push([t("去向"), notice.destination]);
  return (
    <Card tone={phase === "overdue" ? "bad" : phase === "due" ? "warn" : "info"}>
      <div class="row wrap">
        <Tag tone={PHASE_TONE[phase]}>{phaseWord(phase)}</Tag>
        <b>{reasonWord(notice.reason)}</b>
      </div>
      {(phase === "due" || phase === "overdue") && (
        <p>
          {phase === "overdue"
            ? t("已超过预计返回时间 {duration}，负责人和顶岗人已收到提醒。请返岗，或延长。", { duration: duration(over_ms) })
            : t("预计 {time} 返回，现在已到。请返岗，或延长。", { time: clock(notice.back_at) })}
        </p>
      )}
      <Facts facts={facts} />
      <div>
        {standing ? <Tag tone={COVER_TONE[standing]}>{coverWord(standing, personName(rows.people, served ?? notice.stand_in))}</Tag> : notice.whole_unit || <Tag tone="warn">{t("无人顶岗")}</Tag>}
      </div>
      {standing === "told" && told?.told_at && <small>{t("{time} 已送达顶岗人手机", { time: clock(told.told_at) })}</small>}
      {notice.whole_unit && <small>{told?.office_told_at ? t("{time} 已告知办公室", { time: clock(told.office_told_at) }) : t("尚未送达办公室，请电话告知。")}</small>}
      <Word notice={notice} />
      {(told?.trouble === "away" || told?.trouble === "leave" || told?.trouble === "busy" || told?.trouble === "unreached") && <p>{troubleWord(told.trouble, personName(rows.people, notice.stand_in))}</p>}
      {standing === "declined" && notice.office?.reply_text && <small>{t("说明：{text}", { text: notice.office.reply_text })}</small>}
      {notice.office?.late && (
        <small>
          {lateWord(notice.office.late_accepted)}
          {notice.office.late_text && t("理由：{text}", { text: notice.office.late_text })}
        </small>
      )}
      {phase === "planned" ? (
        <Buttons>
          <Button onPress={() => void act(() => sync.save("away.cancel", {}, { rid: notice.rid }))}>{t("取消离岗")}</Button>
          <Button onPress={() => setExtending(true)}>{t("改返回时间")}</Button>
        </Buttons>
      ) : (
        <>
          <BigButton label={t("返岗")} sub={t("现在回到岗位")} icon="post" onPress={() => void act(() => sync.save("away.return", { back_at: sync.now() }, { rid: notice.rid }))} />
          <Button onPress={() => setExtending(true)} icon="clock">
            {t("延长")}
          </Button>
        </>
      )}
      <a class="btn quiet" href={`/papers/away_card/${notice.rid}`}>
        {t("打印告示卡")}
      </a>
      <Buttons>
        {told?.trouble && <Button onPress={() => setAssigning(true)}>{t("换顶岗人")}</Button>}
        {!notice.whole_unit && notice.posts.length > 0 && (
          <a class="btn plain" href={`/handover/new?notice=${notice.rid}`}>
            {t("移交工作")}
          </a>
        )}
      </Buttons>
      {assigning && <AssignSheet presence={presence} notice={notice} onClose={() => setAssigning(false)} />}
      {extending && <ExtendSheet presence={presence} notice={notice} onClose={() => setExtending(false)} />}
    </Card>
  );
}

/** The whole unit is away: whoever is back alone says so, and the others stay away (AWY-02). */
export function UnitAway({ presence: { sync, now }, notice }: { presence: Presence; notice: Notice }) {
  const act = useAct();
  return (
    <Card tone="info">
      <div class="row wrap">
        <Tag tone="warn">{t("全室离岗")}</Tag>
        <b>{reasonWord(notice.reason)}</b>
      </div>
      <Facts facts={[[t("时间"), spanWord(notice.leaves_at, notice.back_at, now)]]} />
      <BigButton label={t("返岗")} sub={t("现在回到岗位")} icon="post" onPress={() => void act(() => sync.save("away.return", { back_at: sync.now() }, { rid: notice.rid }))} />
    </Card>
  );
}

/** The head's word on leaving, where it is needed. */
function Word({ notice }: { notice: Notice }) {
  const { consent, barred, consent_text } = notice.office ?? {};
  if (barred === "duty") return <Tag tone="bad">{t("突发事件处置中，负责人同意前不得离岗")}</Tag>;
  if (barred === "office") return <Tag tone="bad">{t("办公室没有其他人，负责人同意前不得离岗")}</Tag>;
  if (consent === "waiting") return <Tag tone="warn">{t("已报负责人，待同意")}</Tag>;
  if (consent === "given") return <Tag tone="ok">{t("负责人已同意")}</Tag>;
  if (consent === "refused") return <small>{t("负责人不同意：{text}", { text: consent_text ?? "" })}</small>;
  return null;
}

/** What has become of a 补告示. */
function lateWord(accepted: boolean | null | undefined): string {
  if (accepted === true) return t("补告示，负责人已采信。");
  if (accepted === false) return t("补告示，负责人未采信。");
  return t("补告示：离开之后登记，待负责人判定。");
}

/** A later return: a preset saves at once, another time takes the wheel and a word. */
function ExtendSheet({ presence, notice, onClose }: { presence: Presence; notice: Notice; onClose: () => void }) {
  const { sync, now } = presence;
  const [at, setAt] = useState<number | null>(null);
  const [text, setText] = useState("");
  const from = Math.max(now, notice.back_at);
  const act = useAct();
  const empties = (until: number) => notice.whole_unit && emptiesOffice(presence, presence.me?.unit, notice.leaves_at, until);
  const longest = longestUntil(presence.hall, notice.reason, notice.leaves_at);
  const extend = async (back_at: number) => {
    const word = text.trim();
    const receipt = await sync.save("away.extend", word ? { back_at, text: word } : { back_at }, { rid: notice.rid });
    onClose();
    return receipt;
  };
  return (
    <Sheet
      open
      title={t("延长")}
      onClose={onClose}
      foot={at !== null ? <SubmitBar onSubmit={() => extend(at)} disabled={at <= notice.leaves_at || at > longest || empties(at)} note={empties(at) ? t("办公室联络岗在工作时间不得全室离岗。") : at > longest ? t("时间太早、太晚或太长，请核对。") : t("改为 {time} 返回。", { time: clock(at) })} /> : undefined}
    >
      <p>{t("原定 {time} 返回。再延长：", { time: clock(notice.back_at) })}</p>
      <div class="keys">
        {[10, 30, 60].map((minutes) => (
          <Button key={minutes} disabled={from + minutes * MINUTE_MS > longest || empties(from + minutes * MINUTE_MS)} onPress={() => void act(() => extend(from + minutes * MINUTE_MS))}>
            <span>
              {t("{n} 分钟", { n: minutes })}
              <small class="num">{clock(from + minutes * MINUTE_MS)}</small>
            </span>
          </Button>
        ))}
      </div>
      <DateTimeWheel label={t("其他时间")} value={at} min={now} onChange={setAt} />
      <TextField label={t("原因（可不填）")} value={text} onChange={setText} />
    </Sheet>
  );
}
