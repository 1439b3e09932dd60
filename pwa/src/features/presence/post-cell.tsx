/** One post in a list: number, who serves it, what is missing. */
import { clock, t } from "../../i18n";
import { Button, Cell, Facts, Sheet, Tag, type Tone } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postTitle, serviceNames, unitName } from "../hall/names";
import { backTime } from "../hall/hours";
import { isServed, type PostNow } from "./model";
import type { Presence } from "./rows";
import { labelWord, reasonWord } from "./words";

/** State word and tone of a post. */
export function standing(post: PostNow, { rows, hall, now }: Pick<Presence, "rows" | "hall" | "now">): { tone: Tone; word: string } {
  // Outside the hours nobody says of anybody that they are there.
  if (post.state === "a") return isServed(post, hall, now) ? { tone: "ok", word: t("在岗") } : { tone: "idle", word: labelWord("closed") };
  if (post.state === "unassigned") return { tone: "bad", word: t("今日未排班") };
  if (post.state === "gap") return { tone: "bad", word: post.label ? labelWord(post.label.label) : t("无人在岗") };
  const name = post.by ? personName(rows.people, post.by) : post.label?.stand_in;
  return { tone: "info", word: name ? t("由 {name} 代办", { name }) : t("有人代办") };
}

/** Why A is not there and until when; empty when A is. */
export function absence(post: PostNow, now: number): string {
  const time = post.notice && backTime(post.notice, now);
  if (post.notice) return time ? t("{reason}，约 {time} 返回", { reason: reasonWord(post.notice.reason), time }) : t("今日不在岗");
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
  // A name stays with the letter of its place.
  const people = t("A岗 {a}，B岗 {b}", { a: personName(rows.people, post.a), b: personName(rows.people, post.b) }).replace(/([AB]\S?) /g, "$1\u00a0");
  const away = absence(post, presence.now);
  const sub = (
    <>
      <Tag tone={tone}>{word}</Tag> {away}
      {away && names && <br />} {names && people}
      {names && post.lunch && (
        <>
          <br />
          <Tag tone="info">{t("午间值班")}</Tag> {lunchText(post.lunch, rows)}
        </>
      )}
    </>
  );
  return <Cell number={post.post.number} title={serviceNames(post.post) || unitName(presence.units, post.post.unit)} sub={sub} {...(onPress ? { onPress } : {})} />;
}

const lunchText = ({ from, to, a }: NonNullable<PostNow["lunch"]>, rows: Presence["rows"]) => `${clock(from)}–${clock(to)} ${personName(rows.people, a)}`;

/** True when `uid` may take the post: its B, a colleague of the unit, or the office (AB-02). */
function mayStepUp(post: PostNow, { uid, me }: Presence): boolean {
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
  // Whoever keeps the office's contact post leaves it empty by that (ORG-06).
  const contact = presence.posts.find((one) => one.id !== post.id && one.state === "a" && one.a === presence.uid && presence.units.get(one.post.unit)?.body.contact_post === one.id);
  return (
    <>
      {contact && <small>{t("办公室联络岗在工作时间不得全室离岗。")}</small>}
      <Button tone="main" icon="swap" onPress={() => void step()}>
        {t("顶岗")}
      </Button>
    </>
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
      <Facts facts={factsOf(post, presence.now, unitName(units, post.post.unit), personName(rows.people, post.a), personName(rows.people, post.b), post.lunch && lunchText(post.lunch, rows))} />
    </Sheet>
  );
}

function factsOf(post: PostNow, now: number, unit: string, a: string, b: string, lunch: string | null): [string, string][] {
  const facts: [string, string][] = [
    [t("单位"), unit],
    [t("业务"), serviceNames(post.post, 9) || "—"],
    [t("A岗"), a],
    [t("B岗"), b],
  ];
  if (lunch) facts.push([t("午间值班"), lunch]);
  const away = absence(post, now);
  if (away) facts.push([t("离岗"), away]);
  if (post.notice?.destination) facts.push([t("去向"), post.notice.destination]);
  return facts;
}
