/** 视频巡查: what a camera shows, with its number and the time in the picture; somebody on the floor looks again (PTL-11, PRH-07). */
import { useState } from "preact/hooks";
import { DraftNotice, type ScreenProps, SubmitBar, useAmended, useAsked, useDraft, useMe, useNow } from "../../app/feature";
import { dayOf, instant, t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { VideoFinding, VideoSeen } from "../../sync/types.gen";
import { Button, Buttons, Cell, Chips, DateTimeWheel, Empty, List, Notice, Section, Select, Sheet, Tag, TextField } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postName, postTitle, walkingOrder } from "../hall/names";
import { SEEN, SEEN_TONE, seenWord, type Seen } from "./words";

interface Form {
  camera: string;
  at: number | null;
  post: string;
  seen: Seen | null;
  clip: string;
  note: string;
}

const FRESH: Form = { camera: "", at: null, post: "", seen: null, clip: "", note: "" };

export default function Video({ sync }: ScreenProps) {
  useNow();
  const me = useMe();
  const amended = useAmended("patrol.video");
  const [writing, setWriting] = useState(amended !== null && amended !== undefined);
  useAsked((key) => key === "video.new" && setWriting(true));
  const [open, setOpen] = useState<string | null>(null);
  const hall = sync.rows("hall").value.get("hall")?.body;
  const roles = String(hall?.rules["ptl.video_roles"] ?? "EFF,OFF").split(",");
  const may = roles.some((role) => me?.roles.includes(role));
  const rows = sync.rows("video").value;
  const all = [...rows].sort(([, a], [, b]) => b.body.at - a.body.at);
  const shown = open ? rows.get(open) : undefined;
  if (!may) return <Empty title={t("本大厅没有让您记录视频巡查")} icon="camera" />;
  return (
    <div class="stack">
      <Button tone="main" icon="camera" onPress={() => setWriting(true)}>
        {t("记录视频所见")}
      </Button>
      <p class="muted">{t("只记画面里看到的、摄像头编号和画面上的时间；录像留在原处，不复制。见空岗时会请在场的人到现场看一眼。")}</p>
      {all.length === 0 ? (
        <Empty title={t("还没有视频巡查记录")} icon="camera" />
      ) : (
        <List label={t("视频巡查")}>
          {all.map(([rid, { body, pending }]) => (
            <Cell
              key={rid}
              number={sync.rows("post").value.get(body.post)?.body.number ?? "—"}
              title={<Tag tone={body.withdrawn ? "idle" : SEEN_TONE[body.seen]}>{seenWord(body.seen)}</Tag>}
              sub={[when(body.at, sync.now()), t("摄像头 {camera}", { camera: body.camera }), recheckText(body), pending ? t("已存本机") : ""].filter(Boolean).join("\u00a0· ")}
              value={body.withdrawn ? t("已撤回") : ""}
              onPress={() => setOpen(rid)}
            />
          ))}
        </List>
      )}
      {writing && <Write sync={sync} onClose={() => setWriting(false)} />}
      {open && shown && <Detail sync={sync} rid={open} body={shown.body} onClose={() => setOpen(null)} />}
    </div>
  );
}

function recheckText(body: VideoFinding): string {
  if (body.recheck_seen) return t("现场：{seen}", { seen: seenWord(body.recheck_seen) });
  return body.seen === "empty_notice" || body.seen === "empty_no_notice" ? t("现场还没有人看过") : "";
}

function Write({ sync, onClose }: { sync: Sync; onClose: () => void }) {
  const amended = useAmended("patrol.video");
  const draft = useDraft<Form>("video.new", amended ? { ...FRESH, ...amended.a } : FRESH, t("视频巡查"));
  const { value: form, set } = draft;
  const now = sync.now();
  const posts = sync.rows("post").value;
  const zones = sync.rows("hall").value.get("hall")?.body.zones ?? [];
  const missing = !form.camera.trim() ? t("请填摄像头编号。") : form.at === null ? t("请填画面上的时间。") : !form.post ? t("请选择岗位。") : form.seen ? "" : t("请选择看到的情况。");
  const submit = async () => {
    if (form.at === null || !form.seen) return undefined;
    const a: VideoSeen = { camera: form.camera.trim(), at: form.at, post: form.post, seen: form.seen };
    if (form.clip.trim()) a.clip = form.clip.trim();
    if (form.note.trim()) a.note = form.note.trim();
    const receipt = await sync.save("patrol.video", a, { ...draft.record });
    await draft.done();
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={t("记录视频所见")} onClose={onClose} foot={<SubmitBar onSubmit={submit} disabled={missing !== ""} {...(missing ? { note: missing } : {})} />}>
      <DraftNotice draft={draft} />
      <TextField label={t("摄像头编号")} required max={40} value={form.camera} onChange={(camera) => set({ camera })} />
      <DateTimeWheel label={t("画面上的时间")} value={form.at} min={instant(dayOf(now), "00:00")} max={now} presets={[{ label: t("现在"), at: now }]} onChange={(at) => set({ at })} hint={t("照画面上的写；与大厅的钟不一致也照写。")} />
      <Select
        label={t("岗位")}
        required
        value={form.post}
        options={[{ value: "", label: t("请选择") }, ...walkingOrder(posts, zones).map((id) => ({ value: id, label: postTitle(posts.get(id)?.body) }))]}
        onChange={(post) => set({ post })}
      />
      <Chips label={t("画面里看到的")} options={SEEN.map((value) => ({ value, label: seenWord(value) }))} value={form.seen} onChange={(seen) => set({ seen })} />
      <TextField label={t("录像位置（可不填）")} max={200} value={form.clip} onChange={(clip) => set({ clip })} hint={t("写在哪台录像机、哪一段；不上传录像。")} />
      <TextField label={t("备注（可不填）")} max={300} value={form.note} onChange={(note) => set({ note })} />
    </Sheet>
  );
}

function Detail({ sync, rid, body, onClose }: { sync: Sync; rid: string; body: VideoFinding; onClose: () => void }) {
  const act = useAct();
  const [text, setText] = useState("");
  const withdraw = async () => {
    await act(() => sync.save("patrol.withdraw", { text: text.trim() }, { rid }));
    onClose();
  };
  const mine = body.by === sync.uid && !body.withdrawn;
  const facts: [string, string][] = [
    [t("画面时间"), when(body.at, sync.now())],
    [t("摄像头"), body.camera],
    [t("记录人"), personName(sync.rows("person").value, body.by)],
    ...(body.clip ? [[t("录像位置"), body.clip] as [string, string]] : []),
    ...(body.note ? [[t("备注"), body.note] as [string, string]] : []),
    ...(body.recheck_seen ? [[t("现场复查"), seenWord(body.recheck_seen)] as [string, string]] : []),
  ];
  return (
    <Sheet
      open
      title={t("视频巡查：{post}", { post: postName(sync.rows("post").value, body.post) })}
      onClose={onClose}
      foot={
        mine ? (
          <Buttons>
            <Button tone="danger" disabled={text.trim() === ""} onPress={() => void withdraw()}>
              {t("撤回")}
            </Button>
          </Buttons>
        ) : undefined
      }
    >
      <Section title={seenWord(body.seen)}>
        <List>
          {facts.map(([name, said]) => (
            <Cell key={name} title={said} sub={name} />
          ))}
        </List>
      </Section>
      {body.withdrawn && <Notice tone="info" title={t("撤回原因：{text}", { text: body.withdrawn })} />}
      {mine && <TextField label={t("撤回要写原因")} value={text} onChange={setText} max={300} />}
    </Sheet>
  );
}
