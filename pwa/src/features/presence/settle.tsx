/** What waits for the head about absences: a word on leaving, somebody to stand in (AWY-05, AWY-12, AB-05). */
import { useState } from "preact/hooks";
import { useAsked } from "../../app/feature";
import { t, tc } from "../../i18n";
import { BigButton, Button, Buttons, Cell, Chips, List, Section, Sheet, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postNames } from "../hall/names";
import { backTime } from "../hall/hours";
import { consentsOf, troublesOf, unfit, type Trouble } from "./cover";
import { NoticeFacts, Reason, useReason } from "./judge";
import { candidatesFor } from "./model";
import type { Notice } from "./notice";
import type { Presence } from "./rows";
import { reasonWord, spanWord } from "./words";

export function troubleWord(trouble: Trouble, name: string): string {
  const words: Record<Trouble, () => string> = {
    declined: () => t("{name} 不能顶岗", { name }),
    away: () => t("{name} 也不在岗", { name }),
    leave: () => t("{name} 已获准请假", { name }),
    busy: () => t("{name} 正在别处顶岗", { name }),
    silent: () => t("{name} 已收到，尚未确认", { name }),
    unreached: () => t("尚未送达 {name}", { name }),
    nobody: () => t("没有顶岗人"),
  };
  return words[trouble]();
}

/** `unit` null: of the whole hall. */
export function Settle({ presence, unit }: { presence: Presence; unit: string | null }) {
  const { notices, rows, now, hall, uid } = presence;
  const here = (notice: Notice) => notice.office !== null && (unit === null || notice.office.unit === unit);
  const consents = consentsOf(notices, uid).filter(here);
  const troubles = troublesOf(notices, rows.told, now, hall).filter(({ notice }) => here(notice) && notice.person !== uid);
  const [word, setWord] = useState<string | null>(null);
  const [assign, setAssign] = useState<string | null>(null);
  useAsked((key) => setWord(consents.find(({ rid }) => key === `away.consent:${rid}`)?.rid ?? null));
  const asked = consents.find((notice) => notice.rid === word);
  const open = troubles.find(({ notice }) => notice.rid === assign)?.notice;
  if (consents.length + troubles.length === 0) return null;
  return (
    <Section title={t("离岗与顶岗待安排")} aside={t("{n} 件", { n: consents.length + troubles.length })}>
      <List>
        {consents.map((notice) => (
          <Line key={notice.rid} presence={presence} notice={notice} tag={<Tag tone={notice.office?.barred ? "bad" : "warn"}>{consentWord(notice)}</Tag>} onPress={() => setWord(notice.rid)} />
        ))}
        {troubles.map(({ notice, trouble }) => (
          <Line
            key={notice.rid}
            presence={presence}
            notice={notice}
            tag={<Tag tone="bad">{troubleWord(trouble, personName(rows.people, notice.stand_in))}</Tag>}
            onPress={() => setAssign(notice.rid)}
          />
        ))}
      </List>
      {asked && <ConsentSheet presence={presence} notice={asked} onClose={() => setWord(null)} />}
      {open && <AssignSheet presence={presence} notice={open} onClose={() => setAssign(null)} />}
    </Section>
  );
}

function consentWord(notice: Notice): string {
  if (notice.office?.barred === "duty") return t("突发事件处置中，要离岗");
  if (notice.office?.barred === "office") return t("办公室将无人，要离岗");
  return t("暂离较久，待同意");
}

function Line({ presence, notice, tag, onPress }: { presence: Presence; notice: Notice; tag: preact.ComponentChildren; onPress: () => void }) {
  const { rows, now } = presence;
  return (
    <Cell
      title={t("{name} · {reason}", { name: personName(rows.people, notice.person), reason: reasonWord(notice.reason) })}
      sub={
        <>
          {tag} {[postNames(rows.posts, notice.posts), spanWord(notice.leaves_at, notice.back_at, now)].filter(Boolean).join(t("；"))}
        </>
      }
      onPress={onPress}
    />
  );
}

/** HEAD's word: yes in two taps, no with a reason. */
function ConsentSheet({ presence, notice, onClose }: { presence: Presence; notice: Notice; onClose: () => void }) {
  const reasons = [t("窗口正忙，请先办完手上的业务"), t("没有人顶岗，暂不能离开"), t("应急处置期间不得离岗"), t("请改为请假")];
  const decision = useReason("away.consent", notice.rid, t("离岗须同意"));
  const say = (accept: boolean) =>
    decision.save(() => presence.sync.save("away.consent", { accept, text: accept ? "" : decision.text.trim() }, { rid: notice.rid, guard: { [notice.rid]: notice.ver }, ...decision.record }), onClose);
  return (
    <Sheet
      open
      title={t("离岗须同意")}
      onClose={onClose}
      foot={
        <Buttons>
          <Button tone="danger" disabled={!decision.ready} onPress={() => void say(false)}>
            {t("不同意")}
          </Button>
          <Button tone="main" onPress={() => void say(true)}>
            {t("同意离岗")}
          </Button>
        </Buttons>
      }
    >
      <NoticeFacts presence={presence} notice={notice} />
      <Reason reasons={reasons} text={decision.text} onChange={decision.setText} />
    </Sheet>
  );
}

/** Another stand-in, named by the person or the head; the head may stand in (AB-05). */
export function AssignSheet({ presence, notice, onClose }: { presence: Presence; notice: Notice; onClose: () => void }) {
  const { sync, rows, now, uid } = presence;
  const act = useAct();
  const [to, setTo] = useState("");
  const back = backTime(notice, now);
  const options = candidatesFor(rows, notice.posts, notice.person, now).filter((one) => one.uid !== notice.stand_in);
  const why = (one: string) => unfit(rows, one, Math.max(now, notice.leaves_at), notice.back_at, now);
  const send = () =>
    void act(async () => {
      const receipt = await sync.save("away.assign", { stand_in: to }, { rid: notice.rid });
      onClose();
      return receipt;
    });
  return (
    <Sheet open title={t("安排顶岗人")} onClose={onClose} foot={<BigButton label={t("请此人顶岗")} disabled={to === ""} onPress={send} />}>
      <p>{back ? t("{name}，约 {time} 返回。", { name: personName(rows.people, notice.person), time: back }) : [personName(rows.people, notice.person), t("今日不在岗")].join(t("，"))}</p>
      <Chips
        label={t("顶岗人")}
        options={options.slice(0, 9).map((one) => {
          const against = why(one.uid);
          return { value: one.uid, label: one.uid === uid ? t("我来顶岗") : one.person.name, sub: against === "leave" ? tc("假", "请假") : against ? t("不在岗") : one.is_b ? t("今日B岗") : one.covering > 0 ? t("已顶 {n} 个岗位", { n: one.covering }) : t("可顶岗"), disabled: against !== null };
        })}
        value={to || null}
        onChange={setTo}
      />
    </Sheet>
  );
}
