/** A round in progress: zones in walking order, one tap for "all others present", a tap on a post for what is not as it should be. */
import { useState } from "preact/hooks";
import { Lazy, toTop, useAmended, useAsked, useDraft } from "../../app/feature";
import { clock, duration, names, t } from "../../i18n";
import type { Round } from "../../sync/types.gen";
import { BigButton, Button, Confirm, Notice, Section, Sheet, Tag, TextField } from "../../ui";
import { useAct } from "../hall/act";
import { personName } from "../hall/names";
import { Mine } from "./mine";
import { isLongOver, isStale, knewOf, type PostView, type RoundView, type ZoneView } from "./model";
import { ObserveSheet } from "./observe";
import { Rechecks } from "./recheck";
import type { Patrol } from "./rows";
import { SEEN_TONE, seenWord, slotWord, syncedWord, typeWord } from "./words";

interface RoundProps {
  patrol: Patrol;
  rid: string;
  round: Round;
  view: RoundView;
}

export function RoundScreen({ patrol, rid, round, view }: RoundProps) {
  const { sync, rows, now, synced_at } = patrol;
  const amended = useAmended("patrol.observe");
  const [open, setOpen] = useState<string | null>(amended?.a.round === rid ? amended.a.post : null);
  const [asking, setAsking] = useState(false);
  const observed = `observe:${rid}:`;
  useAsked((key) => key.startsWith(observed) && setOpen(key.slice(observed.length)));
  const draft = useDraft(`round:${rid}`, { queue: "", remark: "" }, t("结束巡查"), { at_once: true });
  const act = useAct();
  const shown = view.zones.flatMap((zone) => zone.posts).find((post) => post.id === open);
  const finish = async () => {
    setAsking(false);
    const { queue, remark } = draft.value;
    const queue_len = /^\d{1,4}$/.test(queue.trim()) ? Number(queue) : null;
    const said = { ...(queue_len === null ? {} : { queue_len }), ...(remark.trim() ? { remark: remark.trim() } : {}) };
    await act(async () => {
      const receipt = await sync.save("patrol.finish", { at: sync.now(), ...said }, { rid, ...draft.record });
      await draft.done();
      return receipt;
    });
    toTop();
  };
  return (
    <>
      <p class="muted">
        {t("{type}，{slot}，{time} 开始。已看 {seen}/{all}，记录 {n} 条。", {
          type: typeWord(round.type),
          slot: slotWord(round.slot),
          time: clock(round.started_at),
          seen: view.posts - view.left,
          all: view.posts,
          n: view.exceptions,
        })}
      </p>
      {isLongOver(rows.hall, round, now) && <Notice tone="warn" title={t("这一轮的时段已过，现在看的岗位计入现在的时段。请结束本轮，再开始新的一轮。")} />}
      {isStale(rows.hall, synced_at, now) && <Stale patrol={patrol} />}
      <ScanWindow patrol={patrol} rid={rid} round={round} onPost={setOpen} />
      <Rechecks patrol={patrol} />
      {view.zones.map((zone) => (
        <ZonePart key={zone.zone.id} patrol={patrol} rid={rid} zone={zone} onOpen={setOpen} />
      ))}
      <Mine patrol={patrol} />
      <details class="fold" open={draft.value.queue !== "" || draft.value.remark !== ""}>
        <summary>{t("候办人数、天气等（可不填）")}</summary>
        <div class="stack">
          <TextField label={t("候办人数")} value={draft.value.queue} onChange={(queue) => draft.set({ queue })} inputMode="numeric" max={4} />
          <TextField label={t("备注")} value={draft.value.remark} onChange={(remark) => draft.set({ remark })} max={300} hint={t("天气、排队等大厅情况。")} />
        </div>
      </details>
      <div class="submit">
        <BigButton
          label={t("结束巡查")}
          sub={view.left > 0 ? t("还有 {n} 个岗位没有看", { n: view.left }) : t("{n} 个岗位都已看过", { n: view.posts })}
          tone={view.left > 0 ? "plain" : "main"}
          onPress={() => (view.left > 0 ? setAsking(true) : void finish())}
        />
      </div>
      <Confirm open={asking} title={t("还有 {n} 个岗位没有看", { n: view.left })} confirm={t("结束巡查")} cancel={t("继续巡查")} onConfirm={() => void finish()} onClose={() => setAsking(false)}>
        {t("没有看的岗位不算已巡，也不算空岗。")}
      </Confirm>
      {shown && <ObserveSheet key={shown.id} patrol={patrol} round={rid} post={shown} onClose={() => setOpen(null)} />}
    </>
  );
}

interface ScanProps {
  patrol: Patrol;
  rid: string;
  round: Round;
  onPost: (post: string) => void;
}

const scanner = () => import("./zone-scan");

/** Picks a window by the code on it, as tapping it does; the code that hangs in a zone leaves a proof of having been there (PTL-09). */
function ScanWindow({ patrol, rid, round, onPost }: ScanProps) {
  const { sync, rows } = patrol;
  const [scanning, setScanning] = useState(false);
  const onDone = () => setScanning(false);
  const points = round.points ?? [];
  return (
    <>
      <Button icon="camera" onPress={() => setScanning(true)}>
        <span>
          {t("扫窗口或分区的二维码")}
          <small class="block">{t("到场凭据 {n} 个分区，至少 {m} 个", { n: points.length, m: Number(rows.hall?.rules["ptl.points_min"] ?? 3) })}</small>
        </span>
      </Button>
      <Sheet open={scanning} title={t("扫窗口或分区的二维码")} onClose={onDone}>
        {scanning && <Lazy load={scanner} props={{ sync, rid, onPost, onDone }} />}
      </Sheet>
    </>
  );
}

/** What the phone knows is old: said before anything is recorded on it (EVD-09). */
export function Stale({ patrol }: { patrol: Patrol }) {
  const { synced_at, now } = patrol;
  return (
    <Notice
      tone="warn"
      title={synced_at === null ? syncedWord(synced_at, now) : t("名单和告示是 {duration}前同步的，可能有新的告示没有到。", { duration: duration(now - synced_at) })}
    >
      {t("照实记录所见；告示后到的，会自动核对。")}
    </Notice>
  );
}

function ZonePart({ patrol, rid, zone, onOpen }: { patrol: Patrol; rid: string; zone: ZoneView; onOpen: (post: string) => void }) {
  const { sync, rows, synced_at } = patrol;
  const tied = zone.posts.filter((post) => post.tied && !post.seen).length;
  const noticed = zone.posts.filter((post) => !post.seen && !post.tied && post.notice && !post.cover).length;
  const act = useAct();
  const clear = () => {
    const at = sync.now();
    void act(() => sync.save("patrol.zone_clear", { zone: zone.zone.id, posts: zone.others, at, knew: knewOf(rows, zone.others, synced_at, at) }, { rid }));
  };
  return (
    <Section title={names(zone.zone.names)} aside={zone.done ? <Tag tone="ok">{t("已看完")}</Tag> : t("{floor} 楼", { floor: zone.zone.floor })}>
      <ul class="tiles">
        {zone.posts.map((post) => (
          <li key={post.id}>
            <Tile patrol={patrol} post={post} onOpen={() => onOpen(post.id)} />
          </li>
        ))}
      </ul>
      {!zone.done && zone.others.length > 0 && (
        <Button tone="main" icon="done" onPress={clear}>
          <span>
            {zone.others.length === zone.posts.length ? t("全部 {n} 个均在岗", { n: zone.others.length }) : t("其余 {n} 个均在岗", { n: zone.others.length })}
            {tied > 0 && <small class="block">{t("不含应当回避的 {n} 个，请由其他人看", { n: tied })}</small>}
            {noticed > 0 && <small class="block">{t("其中 {n} 个有离岗告示，请先看一眼", { n: noticed })}</small>}
          </span>
        </Button>
      )}
    </Section>
  );
}

/** One window as the inspector meets it: number, A and B, what is known of it, what was recorded. */
function Tile({ patrol, post, onOpen }: { patrol: Patrol; post: PostView; onOpen: () => void }) {
  const { people } = patrol.rows;
  const mark = markOf(post);
  return (
    <button type="button" class={`tile ${mark.tone}`} onClick={onOpen}>
      <b class="num">{post.post.number}</b>
      <span>{personName(people, post.a)}</span>
      <small>{t("B {name}", { name: personName(people, post.b) })}</small>
      {mark.word && <Tag tone={mark.tone}>{mark.word}</Tag>}
      {post.tied && <Tag tone="warn">{t("回避")}</Tag>}
    </button>
  );
}

function markOf(post: PostView): { tone: "ok" | "info" | "warn" | "bad" | "idle"; word: string } {
  if (post.seen) return { tone: SEEN_TONE[post.seen.observation.seen], word: seenWord(post.seen.observation.seen) };
  if (post.cleared) return { tone: "ok", word: t("在岗") };
  if (post.cover) return { tone: "info", word: t("B顶岗") };
  if (post.notice) return { tone: "warn", word: t("有告示") };
  return { tone: "idle", word: "" };
}
