/** My records of today, each with the way to take it back (CON-44). */
import { useState } from "preact/hooks";
import { Attachments, attachedWord } from "../../app/feature";
import { clock, t } from "../../i18n";
import type { Observation } from "../../sync/types.gen";
import { Button, Buttons, Cell, Chips, List, Section, Sheet, Tag, TextField, useSwipe, type SwipeAct } from "../../ui";
import { useAct } from "../hall/act";
import { postName } from "../hall/names";
import { problemHref } from "../hall/problem";
import { todaysOwn } from "./model";
import type { Patrol } from "./rows";
import { codeWord, SEEN_TONE, seenWord } from "./words";

export function Mine({ patrol }: { patrol: Patrol }) {
  const { rows, uid, now } = patrol;
  const own = todaysOwn(rows.observations, uid, now);
  const ref = useSwipe(withdrawOf);
  return (
    <Section title={t("我今天的记录")} aside={t("{n} 条", { n: own.length })}>
      <div ref={ref} class="swipes">
        {own.length === 0 ? (
          <p class="muted">{t("今天记下的情况会列在这里，可以说明原因撤回。")}</p>
        ) : (
          <List>
            {own.map((one) => (
              <ObservationCell key={one.rid} patrol={patrol} {...one} />
            ))}
          </List>
        )}
      </div>
    </Section>
  );
}

/** Pushing a record aside is the tap on it. */
function withdrawOf(row: HTMLElement): SwipeAct | null {
  const cell = row.querySelector<HTMLElement>("button.cell");
  return cell && { label: t("撤回"), run: () => cell.click() };
}

interface ObservationProps {
  patrol: Patrol;
  rid: string;
  observation: Observation;
  pending: boolean;
}

/** One record; a tap opens it for withdrawal. */
export function ObservationCell({ patrol, rid, observation, pending }: ObservationProps) {
  const [open, setOpen] = useState(false);
  const taken = observation.withdrawn ?? "";
  return (
    <>
      <Cell
        number={patrol.rows.posts.get(observation.post)?.body.number ?? "—"}
        title={<Tag tone={taken ? "idle" : SEEN_TONE[observation.seen]}>{seenWord(observation.seen)}</Tag>}
        sub={subOf(patrol, observation, pending)}
        value={taken ? t("已撤回") : ""}
        {...(taken ? {} : { onPress: () => setOpen(true) })}
      />
      {open && <WithdrawSheet patrol={patrol} rid={rid} observation={observation} onClose={() => setOpen(false)} />}
    </>
  );
}

function subOf({ sync }: Patrol, observation: Observation, pending: boolean): string {
  const extra = (observation.codes ?? []).filter((code) => !["P1", "P2", "P3", "P4", "P5", "P6"].includes(code)).map((code) => codeWord(sync, code));
  const parts = [
    clock(observation.at),
    observation.recheck_of ? t("复查") : "",
    ...extra,
    observation.reminded ? t("已当场提醒") : "",
    observation.note ?? "",
    attachedWord(observation.blobs),
    observation.withdrawn ? t("撤回原因：{text}", { text: observation.withdrawn }) : "",
    pending ? t("已存本机") : "",
  ];
  return parts.filter(Boolean).join(t("，"));
}

function WithdrawSheet({ patrol, rid, observation, onClose }: Omit<ObservationProps, "pending"> & { onClose: () => void }) {
  const { sync, rows } = patrol;
  const [text, setText] = useState("");
  const reasons = [t("看错窗口"), t("记错情况"), t("重复记录")];
  const act = useAct();
  const withdraw = async () => {
    await act(() => sync.save("patrol.withdraw", { text: text.trim() }, { rid }));
    onClose();
  };
  return (
    <Sheet
      open
      title={t("撤回记录：{post}", { post: postName(rows.posts, observation.post) })}
      onClose={onClose}
      foot={
        <Buttons>
          <Button tone="danger" disabled={text.trim() === ""} onPress={() => void withdraw()}>
            {t("撤回")}
          </Button>
        </Buttons>
      }
    >
      <p>{t("{time} 记录：{seen}。撤回后原记录仍留存，并注明原因。", { time: clock(observation.at), seen: seenWord(observation.seen) })}</p>
      <Attachments rid={rid} blobs={observation.blobs} />
      {!sync.rows("coded").value.get(rid)?.body.ended && (
        <p>
          <a href={problemHref(rows.posts.get(observation.post)?.body.unit, "patrol", rid)}>{t("登记问题")}</a>
        </p>
      )}
      <Chips label={t("撤回原因")} options={reasons.map((one) => ({ value: one, label: one }))} value={reasons.includes(text) ? text : null} onChange={setText} />
      <TextField label={t("原因说明")} value={text} onChange={setText} required />
    </Sheet>
  );
}
