/** One leave with everything that can be done about it: by the person, the head, the office. */
import { useState } from "preact/hooks";
import { AttachField, Attachments, go, type ScreenProps, useAsked, useDraft } from "../../app/feature";
import { dayOf, exact, names, t } from "../../i18n";
import type { Photo } from "../../sync/api";
import type { Leave } from "../../sync/types.gen";
import { Button, Buttons, Chips, Empty, Facts, List, Section, Sheet, TextArea, TextField } from "../../ui";
import { useAct } from "../hall/act";
import { personName } from "../hall/names";
import { LeaveDetail } from "./detail";
import { hasStep, LeaveCell, OwnCard } from "./mine";
import { candidatesOf, canReturn, isLive, isOwn, typeOn, typesOn } from "./model";
import { useLeave, type LeaveBook } from "./rows";
import "./leave.css";

type Doing = "" | "proof" | "recall" | "cover" | "convert" | "open";

export default function OneScreen({ params }: ScreenProps) {
  const book = useLeave();
  const rid = params["id"] ?? "";
  const leave = book.rows.leaves.get(rid)?.body;
  if (!leave) return <Empty title={t("没有这张请假单")} icon="search">{t("可能已归档，或不在您可以查看的范围内。")}</Empty>;
  return <LeaveView book={book} rid={rid} leave={leave} />;
}

export function LeaveView({ book, rid, leave }: { book: LeaveBook; rid: string; leave: Leave }) {
  const { rows, uid } = book;
  const twin = leave.twin ? rows.leaves.get(leave.twin)?.body : undefined;
  return (
    <div class="lv-col">
      {leave.person === uid ? isLive(leave) && hasStep(leave) && <OwnCard book={book} rid={rid} leave={leave} whole /> : <h2>{personName(rows.people, leave.person)}</h2>}
      <LeaveDetail book={book} leave={leave} />
      {twin && (
        <Section title={t("重叠的请假")}>
          <List>
            <LeaveCell book={book} rid={leave.twin ?? ""} leave={twin} />
          </List>
        </Section>
      )}
      <Deeds book={book} rid={rid} leave={leave} />
      <SealedPart book={book} rid={rid} leave={leave} />
      <a class="btn quiet" href={`/papers/${leave.returned_at ? "leave_return" : "leave_slip"}/${rid}`}>
        {t("打印")}
      </a>
    </div>
  );
}

/** What this person may do about it now. */
function Deeds({ book, rid, leave }: { book: LeaveBook; rid: string; leave: Leave }) {
  const { sync, rows, uid, me, now } = book;
  const act = useAct();
  const [doing, setDoing] = useState<Doing>("");
  useAsked((key) => setDoing(key === `leave.proof:${rid}` ? "proof" : key === `leave.recall:${rid}` ? "recall" : ""));
  const own = leave.person === uid;
  const leads = me?.roles.includes("OFF") === true || (me?.roles.includes("HEAD") === true && me.unit === leave.unit);
  const twin = leave.twin ? rows.leaves.get(leave.twin)?.body : undefined;
  const rule = typeOn(rows.types, leave.type, dayOf(leave.from_at))?.rule;
  const approved = leave.state === "approved" || leave.state === "running";
  const deeds = [
    own && isLive(leave) && leave.state !== "told" && <Button key="proof" onPress={() => setDoing("proof")}>{t("交证明")}</Button>,
    own && (leave.state === "running" || leave.state === "ended") && <Button key="extend" onPress={() => go(`/leave/new?extends=${rid}`)}>{t("续假")}</Button>,
    (own || leads) && twin?.type === leave.type && <Button key="merge" onPress={() => void act(() => sync.save("leave.merge", { into: leave.twin ?? "" }, { rid }))}>{t("合并为一张")}</Button>,
    leads && !own && isLive(leave) && <Button key="cover" onPress={() => setDoing("cover")}>{t("指定顶岗人")}</Button>,
    leads && !own && leave.over_quota && <Button key="convert" onPress={() => setDoing("convert")}>{t("转换假别")}</Button>,
    leads && !own && approved && rule?.displaceable && <Button key="recall" tone="danger" onPress={() => setDoing("recall")}>{t("召回")}</Button>,
    leads && !own && canReturn(leave) && <Button key="back" tone="main" onPress={() => void act(() => sync.save("leave.return", { back_at: now }, { rid }))}>{t("确认销假")}</Button>,
    leads && !own && leave.back_claims_at && <Button key="borne" onPress={() => void act(() => sync.save("leave.return", { back_at: leave.back_claims_at ?? 0 }, { rid }))}>{t("确认返岗时间")}</Button>,
    me?.roles.includes("OFF") && !own && leave.sealed && <Button key="open" onPress={() => setDoing("open")}>{t("查看密封证明")}</Button>,
  ].filter(Boolean);
  const close = () => setDoing("");
  return (
    <>
      {deeds.length > 0 && <Buttons>{deeds}</Buttons>}
      {doing === "proof" && <ProofSheet book={book} rid={rid} leave={leave} onClose={close} />}
      {doing === "cover" && <CoverSheet book={book} rid={rid} leave={leave} onClose={close} />}
      {doing === "convert" && <ConvertSheet book={book} rid={rid} leave={leave} onClose={close} />}
      {doing === "recall" && <RecallSheet book={book} rid={rid} onClose={close} />}
      {doing === "open" && <OpenSheet book={book} rid={rid} onClose={close} />}
    </>
  );
}

interface SheetProps {
  book: LeaveBook;
  rid: string;
  onClose: () => void;
}

function ProofSheet({ book, rid, leave, onClose }: SheetProps & { leave: Leave }) {
  const { sync, rows } = book;
  const act = useAct();
  const draft = useDraft<{ photos: Photo[]; days: string }>(`leave.proof:${rid}`, { photos: [], days: "" }, t("交证明"), { at_once: true });
  const proof = names(typeOn(rows.types, leave.type, dayOf(leave.from_at))?.rule.proof);
  const days = Number.parseInt(draft.value.days, 10);
  const send = () =>
    act(async () => {
      const receipt = await sync.save("leave.proof", { days: Number.isNaN(days) ? 0 : days }, { rid, blobs: draft.value.photos, ...draft.record });
      await draft.done();
      onClose();
      return receipt;
    });
  return (
    <Sheet open title={proof ? t("交证明：{proof}", { proof }) : t("交证明")} onClose={onClose} foot={<Buttons><Button tone="main" disabled={draft.value.photos.length === 0} onPress={() => void send()}>{t("提交")}</Button></Buttons>}>
      <p>{t("照片密封保存。审批人只看到“已提供证明”和天数；办公室查看须写明用途，您会看到谁在什么时候看过。")}</p>
      <AttachField value={draft.value.photos} onChange={(photos) => draft.set({ photos })} />
      <TextField label={t("证明所载天数")} inputMode="numeric" value={draft.value.days} onChange={(value) => draft.set({ days: value.replace(/\D/g, "") })} max={3} />
    </Sheet>
  );
}

function CoverSheet({ book, rid, leave, onClose }: SheetProps & { leave: Leave }) {
  const { sync, rows } = book;
  const act = useAct();
  const candidates = candidatesOf(rows, leave.person, { from: leave.from_at, to: leave.to_at });
  const [person, setPerson] = useState<string | null>(null);
  const save = () => act(async () => {
    const receipt = await sync.save("leave.cover", { person: person ?? "" }, { rid });
    onClose();
    return receipt;
  });
  return (
    <Sheet open title={t("指定顶岗人")} onClose={onClose} foot={<Buttons><Button tone="main" disabled={!person} onPress={() => void save()}>{t("指定")}</Button></Buttons>}>
      <Chips label={t("顶岗人")} options={candidates.map((one) => ({ value: one.uid, label: personName(rows.people, one.uid), sub: one.off ? t("同时请假") : one.is_b ? t("B岗") : t("同单位"), disabled: one.off }))} value={person} onChange={setPerson} />
    </Sheet>
  );
}

function ConvertSheet({ book, rid, leave, onClose }: SheetProps & { leave: Leave }) {
  const { sync, rows } = book;
  const act = useAct();
  const [type, setType] = useState<string | null>(null);
  const kinds = typesOn(rows.types, dayOf(leave.from_at)).filter((kind) => isOwn(kind) && kind.code !== leave.type);
  const save = () => act(async () => {
    const receipt = await sync.save("leave.convert", { type: type ?? "", text: t("超额转换") }, { rid });
    onClose();
    return receipt;
  });
  return (
    <Sheet open title={t("转换假别")} onClose={onClose} foot={<Buttons><Button tone="main" disabled={!type} onPress={() => void save()}>{t("转换")}</Button></Buttons>}>
      <Chips label={t("假别")} options={kinds.map(({ code, rule }) => ({ value: code, label: names(rule.names) }))} value={type} onChange={setType} />
    </Sheet>
  );
}

function RecallSheet({ book, rid, onClose }: SheetProps) {
  const { sync, rows } = book;
  const act = useAct();
  const ver = rows.leaves.get(rid)?.ver ?? 0;
  const draft = useDraft(`leave.recall:${rid}`, { text: "" }, t("召回"), { at_once: true });
  const save = () => act(async () => {
    const receipt = await sync.save("leave.recall", { from_at: sync.now(), text: draft.value.text.trim() }, { rid, guard: { [rid]: ver }, ...draft.record });
    await draft.done();
    onClose();
    return receipt;
  });
  return (
    <Sheet open title={t("召回")} onClose={onClose} foot={<Buttons><Button tone="danger" disabled={!draft.value.text.trim()} onPress={() => void save()}>{t("召回")}</Button></Buttons>}>
      <p>{t("即时停止休假，余下天数退回。法定假不能召回。")}</p>
      <TextArea label={t("理由说明")} value={draft.value.text} onChange={(text) => draft.set({ text })} rows={2} required />
    </Sheet>
  );
}

/** Reading the sealed part needs the server and a purpose, and leaves a trace (VIS-03). */
function OpenSheet({ book, rid, onClose }: SheetProps) {
  const { sync } = book;
  const act = useAct();
  const online = sync.status.value.online === true;
  const purposes = [t("核对证明与天数"), t("归档"), t("本人要求")];
  const [purpose, setPurpose] = useState<string | null>(null);
  const save = () => act(async () => {
    const receipt = await sync.save("leave.open", { purpose: purpose ?? "" }, { rid });
    onClose();
    return receipt;
  });
  return (
    <Sheet open title={t("查看密封证明")} onClose={onClose} foot={<Buttons><Button tone="main" disabled={!purpose || !online} onPress={() => void save()}>{t("查看")}</Button></Buttons>}>
      <p>{online ? t("查看会留下记录，本人看得到查看人、时间和用途；一段时间后自动重新密封。") : t("密封证明不离开服务器，请在联网时查看。")}</p>
      <Chips label={t("用途")} options={purposes.map((one) => ({ value: one, label: one }))} value={purpose} onChange={setPurpose} />
    </Sheet>
  );
}

/** The sealed part while it is open here, and who has read it. */
function SealedPart({ book, rid, leave }: { book: LeaveBook; rid: string; leave: Leave }) {
  const { sync, rows, uid } = book;
  const sealed = sync.rows("leave.sealed").value.get(rid)?.body;
  const reads = sync.rows("leave.reads").value.get(rid)?.body.reads ?? [];
  if (!sealed && reads.length === 0) return null;
  return (
    <Section title={leave.person === uid ? t("密封的事由和证明") : t("密封证明（限时查看）")}>
      {sealed?.text && <p>{sealed.text}</p>}
      {sealed?.proof_text && <p>{sealed.proof_text}</p>}
      <Attachments rid={rid} blobs={sealed?.blobs} />
      {reads.length > 0 && <Facts facts={reads.map((one) => [exact(one.at), t("{name} 查看，用途：{purpose}", { name: personName(rows.people, one.by), purpose: one.purpose })])} />}
    </Section>
  );
}
