/** 审批: what waits for this person, each with balance, cover and conflicts, and two keys; at the desk list and detail side by side (LV-03..06). */
import { useState } from "preact/hooks";
import { type ScreenProps } from "../../app/feature";
import { dayOf, t } from "../../i18n";
import type { Leave } from "../../sync/types.gen";
import { Button, Buttons, Card, Empty, List, Section, Sheet, SplitView, Tag, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { personName } from "../hall/names";
import { useWide } from "../hall/wide";
import { LeaveDetail } from "./detail";
import { LeaveCell } from "./mine";
import { askedAs, isSecret, principalsOf } from "./model";
import { LeaveView } from "./one";
import { useLeave, type LeaveBook } from "./rows";
import { DeputySheet, ToldSheet } from "./sheets";
import { roleWord, typeWord } from "./words";
import "./leave.css";

interface Waiting {
  rid: string;
  leave: Leave;
  role: string;
}

/** What waits for this person's decision, the nearest beginning first. */
export function waitingOf(book: LeaveBook): Waiting[] {
  const { rows, uid, me, deputies, now } = book;
  const principals = principalsOf(deputies, rows.people, uid, dayOf(now));
  return [...rows.leaves]
    .flatMap(([rid, { body }]) => {
      const role = askedAs(body, uid, me?.unit ?? "", me?.roles ?? [], principals, isSecret(rows.types, body));
      return role ? [{ rid, leave: body, role }] : [];
    })
    .sort((x, y) => x.leave.from_at - y.leave.from_at);
}

/** Leaves that need the head or the office although they are decided: nobody at the post, over the quota, an overdue return. */
function troubledOf(book: LeaveBook): { rid: string; leave: Leave }[] {
  const { rows, uid, me } = book;
  const leads = (leave: Leave) => me?.roles.includes("OFF") || (me?.roles.includes("HEAD") && me.unit === leave.unit);
  return [...rows.leaves]
    .filter(([, { body }]) => body.person !== uid && leads(body) && (body.needs_cover || body.over_quota || body.state === "overdue" || body.state === "told"))
    .map(([rid, { body }]) => ({ rid, leave: body }));
}

export default function ApproveScreen(_: ScreenProps) {
  const book = useLeave();
  const [open, setOpen] = useState<string | null>(null);
  const [sheet, setSheet] = useState<"told" | "deputy" | null>(null);
  const wide = useWide();
  const leads = book.me?.roles.some((role) => role === "HEAD" || role === "OFF" || role === "LEAD" || role === "TOP") === true;
  const waiting = waitingOf(book);
  const troubled = troubledOf(book);
  const list = (
    <div class="lv-col">
      <Section title={t("请假待审批")} aside={waiting.length > 0 ? t("{n} 件", { n: waiting.length }) : undefined}>
        {waiting.length === 0 && <Empty title={t("没有待审批的请假")}>{t("需要您审批的请假会出现在这里，离线时也可以审批。")}</Empty>}
        {waiting.map((one) => (
          <ApproveCard key={one.rid} book={book} one={one} onOpen={wide ? () => setOpen(one.rid) : undefined} />
        ))}
      </Section>
      {leads && (
        <Buttons>
          <Button onPress={() => setSheet("told")}>{t("登记电话请假")}</Button>
          <Button onPress={() => setSheet("deputy")}>{t("委托审批")}</Button>
        </Buttons>
      )}
      {sheet === "told" && <ToldSheet book={book} onClose={() => setSheet(null)} />}
      {sheet === "deputy" && <DeputySheet book={book} onClose={() => setSheet(null)} />}
      {troubled.length > 0 && (
        <Section title={t("需要处理")} aside={t("{n} 件", { n: troubled.length })}>
          <List>
            {troubled.map(({ rid, leave }) => (
              <LeaveCell key={rid} book={book} rid={rid} leave={leave} who={personName(book.rows.people, leave.person)} onOpen={wide ? () => setOpen(rid) : undefined} />
            ))}
          </List>
        </Section>
      )}
    </div>
  );
  if (!wide) return list;
  const chosen = book.rows.leaves.get(open ?? waiting[0]?.rid ?? "")?.body;
  return <SplitView list={list} detail={chosen ? <LeaveView book={book} rid={open ?? waiting[0]?.rid ?? ""} leave={chosen} /> : null} hint={t("选一张请假单看详情。")} />;
}

function ApproveCard({ book, one, onOpen }: { book: LeaveBook; one: Waiting; onOpen: (() => void) | undefined }) {
  const { sync, rows } = book;
  const { rid, leave, role } = one;
  const act = useAct();
  const [refusing, setRefusing] = useState(false);
  return (
    <Card>
      <b>{t("{name} · {reason}", { name: personName(rows.people, leave.person), reason: typeWord(rows.types, leave.type, leave.from_at) })}</b>
      {leave.steps?.find((step) => step.st === "waits")?.escalated && <Tag tone="warn">{t("{role}未答复或不在，由您审批", { role: roleWord("HEAD") })}</Tag>}
      <LeaveDetail book={book} leave={leave} brief />
      <Buttons>
        {onOpen && <Button tone="quiet" onPress={onOpen}>{t("详情")}</Button>}
        <Button onPress={() => setRefusing(true)}>{t("不同意")}</Button>
        <Button tone="main" label={t("同意 {name} 的请假", { name: personName(rows.people, leave.person) })} onPress={() => void act(() => sync.save("leave.decide", { accept: true }, { rid }))}>
          {t("同意")}
        </Button>
      </Buttons>
      {refusing && <RefuseSheet book={book} rid={rid} role={role} onClose={() => setRefusing(false)} />}
    </Card>
  );
}

function RefuseSheet({ book, rid, onClose }: { book: LeaveBook; rid: string; role: string; onClose: () => void }) {
  const { sync } = book;
  const act = useAct();
  const [text, setText] = useState("");
  const save = () => act(async () => {
    const receipt = await sync.save("leave.decide", { accept: false, text: text.trim() }, { rid });
    onClose();
    return receipt;
  });
  return (
    <Sheet open title={t("不同意")} onClose={onClose} foot={<Buttons><Button tone="danger" disabled={!text.trim()} onPress={() => void save()}>{t("不同意")}</Button></Buttons>}>
      <TextArea label={t("理由说明")} value={text} onChange={setText} rows={2} required />
    </Sheet>
  );
}
