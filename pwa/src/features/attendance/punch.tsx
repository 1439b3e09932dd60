/** 签到 and 签退 on the first screen: one tap, offline too, with the session it counts for; only leaving early asks again (ATT-01, ATT-03). */
import { useState } from "preact/hooks";
import { Camera, canScan } from "../../app/feature";
import { clock, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { AttDay, Hall } from "../../sync/types.gen";
import { BigButton, Button, Card, Confirm, Notice, Sheet, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { choicesAt, slotsOf, type Choice, type Slot } from "./model";
import { useAttendance } from "./rows";
import { kindWord, sessionWord, wayWord } from "./words";
import "./attendance.css";

export default function Punch() {
  const attendance = useAttendance();
  const { sync, now, today, me, hall } = attendance;
  const [inside, setInside] = useState<boolean | null>(null);
  const [asking, setAsking] = useState<Choice | null>(null);
  const act = useAct();
  const day = attendance.days.get(`${today}:${sync.uid}`)?.body;
  const slots = hall ? slotsOf(hall, today) : [];
  if (!hall || !me?.unit || slots.length === 0 || exempt(hall, me.roles)) return null;
  const choices = choicesAt(hall, slots, day?.punches ?? [], now);
  const save = (choice: Choice) =>
    act(async () => {
      const receipt = await sync.save("att.punch", { day: today, session: choice.slot.number, way: choice.way, ...(inside === null ? {} : { in_hall: inside }) });
      setInside(null);
      return receipt;
    });
  const press = (choice: Choice) => (choice.way === "out" && choice.minutes > 0 ? setAsking(choice) : void save(choice));
  return (
    <div class="att-home">
      <Card>
        <Today slots={slots} day={day} />
        {choices.map((choice, index) => (
          <PunchButton key={`${choice.slot.number}${choice.way}`} choice={choice} slots={slots.length} first={index === 0} onPress={() => press(choice)} />
        ))}
        <div class="att-foot">
          <InHall sync={sync} inside={inside} onFound={setInside} />
          <a href="/attendance">{t("我的考勤")}</a>
        </div>
        {asking && (
          <Confirm
            open
            title={t("现在签退？")}
            confirm={t("签退")}
            onConfirm={() => {
              void save(asking);
              setAsking(null);
            }}
            onClose={() => setAsking(null)}
          >
            <p>{t("{time} 下班，现在签退早 {n} 分钟。临时离开请用“离岗”。", { time: clock(asking.slot.to), n: asking.minutes })}</p>
          </Confirm>
        )}
      </Card>
    </div>
  );
}

/** Of whom no attendance is kept (`att.exempt_roles`). */
const exempt = (hall: Hall, roles: readonly string[]) => String(hall.rules["att.exempt_roles"] ?? "LEAD,TOP").split(",").some((role) => roles.includes(role));

/** What is signed already, session by session. */
function Today({ slots, day }: { slots: readonly Slot[]; day: AttDay | undefined }) {
  return (
    <div class="att-today">
      {slots.map((slot, index) => {
        const spell = day?.spells[index];
        return (
          <div key={slot.number}>
            <span>
              <b>{sessionWord(slot.number, slots.length)}</b> <small class="num">{`${clock(slot.from)}–${clock(slot.to)}`}</small>
            </span>
            <Edge way="in" at={spell?.in_at ?? 0} kind={spell?.in_kind ?? "waiting"} />
            <Edge way="out" at={spell?.out_at ?? 0} kind={spell?.out_kind ?? "waiting"} />
          </div>
        );
      })}
    </div>
  );
}

type EdgeKind = NonNullable<AttDay["spells"][number]["in_kind"]>;

function Edge({ way, at, kind }: { way: "in" | "out"; at: number; kind: EdgeKind }) {
  if (!at) return <Tag tone={kind === "unseen" || kind === "missing" ? "warn" : "idle"}>{kind === "waiting" || kind === "ok" ? t("未{way}", { way: wayWord(way) }) : kindWord(kind)}</Tag>;
  const fine = kind === "ok" || kind === "waiting" || kind === "excused" || kind === "leave" || kind === "official";
  return (
    <Tag tone={fine ? "ok" : "warn"}>
      {t("{way} {time}", { way: wayWord(way), time: clock(at) })}
      {fine ? "" : ` ${kindWord(kind)}`}
    </Tag>
  );
}

function PunchButton({ choice, slots, first, onPress }: { choice: Choice; slots: number; first: boolean; onPress: () => void }) {
  const { slot, way, minutes, again } = choice;
  const session = sessionWord(slot.number, slots);
  const late = minutes > 0;
  const sub = way === "in" ? (late ? t("{session}，{time} 上班，已过 {n} 分钟", { session, time: clock(slot.from), n: minutes }) : t("{session}，{time} 上班", { session, time: clock(slot.from) })) : t("{session}，{time} 下班", { session, time: clock(slot.to) });
  return <BigButton label={again ? t("重新签退") : wayWord(way)} sub={sub} icon="clock" tone={first && !(way === "out" && late) ? "main" : "plain"} onPress={onPress} />;
}

/** The hall's own time code, read by the camera, says that this phone is in the hall: yes or no is all that is kept, never where (ATT-08). */
function InHall({ sync, inside, onFound }: { sync: Sync; inside: boolean | null; onFound: (inside: boolean) => void }) {
  const [open, setOpen] = useState(false);
  const [wrong, setWrong] = useState(false);
  if (inside) return <Tag tone="ok">{t("已证明在大厅")}</Tag>;
  if (!canScan()) return <span />;
  const take = async (text: string) => {
    const { isInHall } = await import("../../display/in-hall");
    const found = await isInHall(sync, text);
    setOpen(false);
    if (found) onFound(true);
    else setWrong(true);
  };
  return (
    <>
      <Button tone="quiet" icon="camera" onPress={() => setOpen(true)}>
        {t("扫大屏，证明在大厅")}
      </Button>
      {wrong && <Notice tone="warn" title={t("没有认出本大厅此刻的时间码，打卡不受影响。")} />}
      {open && (
        <Sheet open title={t("对准大屏侧栏的“时间码”")} onClose={() => setOpen(false)}>
          <Camera onFound={(text) => void take(text)} />
          <p class="muted">{t("只记“在大厅”或不记，不记录位置。")}</p>
        </Sheet>
      )}
    </>
  );
}
