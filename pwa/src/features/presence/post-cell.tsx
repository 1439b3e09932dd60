/** One post in a list: number, who serves it, what is missing. */
import { clock, t } from "../../i18n";
import { Button, Cell, Facts, Sheet, Tag, type Tone } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postTitle, serviceNames, unitName } from "../hall/names";
import type { PostNow } from "./model";
import type { Presence } from "./rows";
import { labelWord, reasonWord } from "./words";

/** State word and tone of a post. */
export function standing(post: PostNow, { rows }: Presence): { tone: Tone; word: string } {
  if (post.state === "a") return { tone: "ok", word: t("在岗") };
  if (post.state === "unassigned") return { tone: "bad", word: t("今日未排班") };
  if (post.state === "gap") return { tone: "bad", word: post.label ? labelWord(post.label.label) : t("无人在岗") };
  const name = post.by ? personName(rows.people, post.by) : post.label?.stand_in;
  return { tone: "info", word: name ? t("由 {name} 代办", { name }) : t("有人代办") };
}

/** Why A is not there and until when; empty when A is. */
export function absence(post: PostNow): string {
  if (post.notice) return t("{reason}，约 {time} 返回", { reason: reasonWord(post.notice.reason), time: clock(post.notice.back_at) });
  return post.label?.back_at ? t("约 {time} 返回", { time: clock(post.label.back_at) }) : "";
}

interface PostCellProps {
  presence: Presence;
  post: PostNow;
  /** Whether A and B stand in the line. */
  names?: boolean;
  onPress?: () => void;
}

export function PostCell({ presence, post, names = true, onPress }: PostCellProps) {
  const { rows } = presence;
  const { tone, word } = standing(post, presence);
  const people = t("A岗 {a}，B岗 {b}", { a: personName(rows.people, post.a), b: personName(rows.people, post.b) });
  const away = absence(post);
  const sub = (
    <>
      <Tag tone={tone}>{word}</Tag> {away}
      {away && names && <br />} {names && people}
    </>
  );
  return <Cell number={post.post.number} title={serviceNames(post.post) || postTitle(post.post)} sub={sub} {...(onPress ? { onPress } : {})} />;
}

/** True when `uid` may take the post: its B, a colleague of the unit, or the office (AB-02). */
export function mayStepUp(post: PostNow, { uid, me }: Presence): boolean {
  return post.a !== uid && post.by !== uid && (post.b === uid || post.post.unit === me?.unit || me?.roles.includes("OFF") === true);
}

export function StepUpButton({ presence, post, onDone }: { presence: Presence; post: PostNow; onDone?: () => void }) {
  const { sync } = presence;
  const act = useAct();
  const step = async () => {
    const notice = post.notice ? { notice: post.notice.rid } : {};
    await act(() => sync.save("cover.step_up", { post: post.id, at: sync.now(), ...notice }));
    onDone?.();
  };
  return (
    <Button tone="main" icon="swap" onPress={() => void step()}>
      {t("顶岗")}
    </Button>
  );
}

/** All about one post, with 顶岗 where this person may. */
export function PostSheet({ presence, post, onClose }: { presence: Presence; post: PostNow; onClose: () => void }) {
  const { rows, units } = presence;
  const { tone, word } = standing(post, presence);
  return (
    <Sheet
      open
      title={postTitle(post.post)}
      onClose={onClose}
      foot={mayStepUp(post, presence) ? <StepUpButton presence={presence} post={post} onDone={onClose} /> : undefined}
    >
      <div>
        <Tag tone={tone}>{word}</Tag>
      </div>
      <Facts facts={factsOf(post, unitName(units, post.post.unit), personName(rows.people, post.a), personName(rows.people, post.b))} />
    </Sheet>
  );
}

function factsOf(post: PostNow, unit: string, a: string, b: string): [string, string][] {
  const facts: [string, string][] = [
    [t("单位"), unit],
    [t("业务"), serviceNames(post.post, 9) || "—"],
    [t("A岗"), a],
    [t("B岗"), b],
  ];
  const away = absence(post);
  if (away) facts.push([t("离岗"), away]);
  if (post.notice?.destination) facts.push([t("去向"), post.notice.destination]);
  return facts;
}
