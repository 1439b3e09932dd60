/** One exception: what I saw at this post. The notice presets the state; a state, a code and saving are three taps (PTL-03, PTL-08). */
import { AttachField, SubmitBar, useAmended, useDraft } from "../../app/feature";
import { clock, t, when } from "../../i18n";
import type { Photo } from "../../sync/api";
import type { Observe } from "../../sync/types.gen";
import { Check, Chips, List, MultiChips, Notice, Select, Sheet, Tag, TextField } from "../../ui";
import { personName, postTitle, unitName } from "../hall/names";
import { backTime } from "../hall/hours";
import { vacancyMin } from "../hall/rules";
import { codesOf, EXTRA_CODES, forbidden, isEmpty, isStale, isTied, knewOf, NOTE_CHARS_MAX, presetSeen, type Code, type PostView, type Seen } from "./model";
import { ObservationCell } from "./mine";
import { Stale } from "./round";
import type { Patrol } from "./rows";
import { codeWord, SEEN, seenWord, syncedWord } from "./words";

interface Form {
  seen: Seen | null;
  codes: Code[];
  reminded: boolean;
  waited: boolean;
  note: string;
  photos: Photo[];
}

/** The sheet of a record that was not accepted. The first code says what was seen; it is not one of the extra ones. */
function formOf({ seen, codes = [], reminded = false, waited = false, note = "" }: Observe): Form {
  return { seen, codes: EXTRA_CODES.filter((code) => codes.includes(code)), reminded, waited, note, photos: [] };
}

interface ObserveProps {
  patrol: Patrol;
  round: string;
  post: PostView;
  onClose: () => void;
}

export function ObserveSheet({ patrol, round, post, onClose }: ObserveProps) {
  const { sync, rows, me, now, synced_at } = patrol;
  const title = postTitle(post.post);
  const amended = useAmended("patrol.observe");
  const initial = amended?.a.round === round && amended.a.post === post.id ? { ...formOf(amended.a), photos: [...(amended.blobs ?? [])] } : { seen: presetSeen(post), codes: [], reminded: false, waited: false, note: "", photos: [] };
  const draft = useDraft<Form>(`observe:${round}:${post.id}`, initial, t("巡查记录：{post}", { post: title }), { at_once: true });
  const { seen, codes, reminded, waited, note, photos } = draft.value;
  const minutes = vacancyMin(rows.hall);

  const submit = async () => {
    if (!seen) return undefined;
    const at = sync.now();
    const a: Observe = { round, post: post.id, seen, at, knew: knewOf(rows, [post.id], synced_at, at), codes: codesOf(seen, codes) };
    if (note.trim()) a.note = note.trim();
    if (reminded) a.reminded = true;
    if (waited && isEmpty(seen)) a.waited = true;
    const receipt = await sync.save("patrol.observe", a, { ...draft.record, blobs: photos });
    await draft.done();
    onClose();
    return receipt;
  };

  return (
    <Sheet open title={title} onClose={onClose} foot={<SubmitBar onSubmit={submit} disabled={seen === null} note={noteOf(seen, waited, minutes)} />}>
      <Known patrol={patrol} post={post} />
      {isStale(rows.hall, synced_at, now) ? <Stale patrol={patrol} /> : <p class="muted">{syncedWord(synced_at, now)}</p>}
      {post.post.unit === me?.unit && <Notice tone="warn" title={t("这是您本单位的窗口，应当回避，请由其他巡查人员记录。")} />}
      {post.post.unit !== me?.unit && isTied(rows.ties, post) && <Notice tone="warn" title={t("您登记过与这里有利害关系，应当回避，请由其他巡查人员记录。")} />}
      {post.seen && (
        <List label={t("本轮已有记录")}>
          <ObservationCell patrol={patrol} rid={post.seen.rid} observation={post.seen.observation} pending={false} />
        </List>
      )}
      <div class="seen">
        <Chips label={t("我看到的")} options={SEEN.map((value) => ({ value, label: seenWord(value) }))} value={seen} onChange={(value) => draft.set({ seen: value })} />
      </div>
      <MultiChips label={t("快捷代码")} options={EXTRA_CODES.map((value) => ({ value, label: t("{code} {word}", { code: value, word: codeWord(sync, value) }) }))} value={codes} onChange={(value) => draft.set({ codes: value })} />
      {codes.includes("P13") && <Phrases patrol={patrol} note={note} onPick={(text) => draft.set({ note: text })} />}
      <Check label={t("已当场提醒")} value={reminded} onChange={(value) => draft.set({ reminded: value })} />
      {seen && isEmpty(seen) && <Check label={t("已在此等候满 {n} 分钟", { n: minutes })} value={waited} onChange={(value) => draft.set({ waited: value })} />}
      <TextField label={t("备注（可不填）")} value={note} onChange={(value) => draft.set({ note: value })} max={NOTE_CHARS_MAX} />
      <AttachField sound value={photos} onChange={(value) => draft.set({ photos: value })} />
    </Sheet>
  );
}

/** 忌语 of the phrase book: what was said becomes the note, to be changed into the very words (LNG-01). */
function Phrases({ patrol, note, onPick }: { patrol: Patrol; note: string; onPick: (text: string) => void }) {
  const said = forbidden(patrol.sync.rows("phrase").value.values());
  if (said.length === 0) return null;
  const options = [{ value: "", label: t("请选择") }, ...said.map((text) => ({ value: text, label: text }))];
  return <Select label={t("用语库中的忌语")} hint={t("选后写入备注，可以改成原话。")} value={said.includes(note) ? note : ""} options={options} onChange={onPick} />;
}

function noteOf(seen: Seen | null, waited: boolean, minutes: number): string {
  if (!seen) return t("请选择看到的情况。");
  if (isEmpty(seen) && !waited) return t("{n} 分钟后请再看一次；只看一次不计。", { n: minutes });
  return t("提交后可以说明原因撤回。");
}

/** What the phone knows of the post, before anything is recorded. */
function Known({ patrol, post }: { patrol: Patrol; post: PostView }) {
  const { rows, units, now } = patrol;
  const name = (uid: string | null) => personName(rows.people, uid);
  const back = post.notice && backTime(post.notice, now);
  return (
    <div>
      <p class="muted">{t("{unit}；A岗 {a}，B岗 {b}", { unit: unitName(units, post.post.unit), a: name(post.a), b: name(post.b) })}</p>
      {post.absent.map((one) => (
        <p key={`${one.person}:${one.from_at}`}>
          <Tag tone="warn">{t("今天不在岗")}</Tag> {t("{name}，{from} 至 {to}", { name: name(one.person), from: when(one.from_at, now), to: when(one.to_at, now) })}
        </p>
      ))}
      {post.notice && (
        <p>
          <Tag tone="warn">{t("有告示")}</Tag>{" "}
          {back
            ? t("{name}，{from} 离岗，约 {to} 返回", { name: name(post.notice.person), from: clock(post.notice.leaves_at), to: back })
            : [name(post.notice.person), t("今日不在岗")].join(t("，"))}
        </p>
      )}
      {post.promised && (
        <p>
          <Tag tone="idle">{t("已答应顶岗")}</Tag> {t("{name}，请看是否在岗", { name: name(post.promised) })}
        </p>
      )}
      {post.cover && (
        <p>
          <Tag tone="info">{t("B顶岗")}</Tag> {t("{name}，自 {time} 起", { name: name(post.cover.person), time: clock(post.cover.from_at) })}
        </p>
      )}
    </div>
  );
}
