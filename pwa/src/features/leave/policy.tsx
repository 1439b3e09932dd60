/** 假别与审批 for the desk: types, quotas, tables of approvers and what people are entitled to, as data from a day on (LVT-01, LVT-02, LV-03, LV-08). */
import { go, type ScreenProps } from "../../app/feature";
import { dayOf, names, t } from "../../i18n";
import { Button, Cell, Chips, List, Notice, SplitView, Tag } from "../../ui";
import { unitName } from "../hall/names";
import { ChainForm, chainWord } from "./chain-form";
import { PersonForm } from "./person-form";
import { useLeave, type LeaveBook } from "./rows";
import { TypeForm } from "./type-form";
import { chainsOn, inForce } from "./versions";
import "./leave.css";

const KINDS = ["types", "chains", "people"] as const;
type Kind = (typeof KINDS)[number];

export default function PolicyScreen({ params }: ScreenProps) {
  const book = useLeave();
  const kind = KINDS.find((one) => one === params["kind"]) ?? "types";
  const id = params["id"] ?? null;
  const words: Record<Kind, string> = { types: t("假别"), chains: t("审批链"), people: t("人员额度") };
  const list = (
    <div class="stack">
      <Chips label={t("类别")} hideLabel options={KINDS.map((value) => ({ value, label: words[value] }))} value={kind} onChange={(next) => go(`/leave/policy/${next}`)} />
      <Notice title={t("改动从所选的日子起生效；之前开始的请假按当时的规定。")} />
      {kind === "types" && <Types book={book} id={id} />}
      {kind === "chains" && <Chains book={book} id={id} />}
      {kind === "people" && <People book={book} id={id} />}
    </div>
  );
  return <SplitView list={list} detail={id === null ? null : <Detail key={`${kind}:${id}`} book={book} kind={kind} id={id} />} hint={t("选一项查看和修改。")} />;
}

function Detail({ book, kind, id }: { book: LeaveBook; kind: Kind; id: string }) {
  const close = () => go(`/leave/policy/${kind}`);
  if (kind === "types") return <TypeForm book={book} code={id === "new" ? "" : id} onDone={close} />;
  if (kind === "chains") return <ChainForm book={book} name={id === "new" ? "" : id} onDone={close} />;
  return <PersonForm book={book} uid={id} onDone={close} />;
}

function Types({ book, id }: { book: LeaveBook; id: string | null }) {
  const { rows, now } = book;
  const day = dayOf(now);
  const codes = [...new Set([...rows.types.values()].map(({ body }) => body.code))];
  const known = codes
    .flatMap((code) => inForce([...rows.types.values()].filter(({ body }) => body.code === code).map(({ body }) => ({ ...body, valid_from: body.rule.valid_from })), day) ?? [])
    .sort((x, y) => (x.rule.order ?? 0) - (y.rule.order ?? 0));
  return (
    <>
      <Button icon="edit" onPress={() => go("/leave/policy/types/new")}>
        {t("新建假别")}
      </Button>
      <List label={t("假别")}>
        {known.map(({ code, rule }) => (
          <Cell
            key={code}
            title={names(rule.names)}
            sub={rule.count === "working" ? t("工作日") : t("自然日")}
            value={rule.closed ? <Tag tone="idle">{t("已停用")}</Tag> : rule.confirm ? <Tag tone="warn">{t("待核定")}</Tag> : undefined}
            href={`/leave/policy/types/${code}`}
            on={code === id}
          />
        ))}
      </List>
    </>
  );
}

function Chains({ book, id }: { book: LeaveBook; id: string | null }) {
  const used = (name: string) => new Set([...book.rows.types.values()].filter(({ body }) => body.rule.chain === name).map(({ body }) => body.code)).size;
  return (
    <>
      <Button icon="edit" onPress={() => go("/leave/policy/chains/new")}>
        {t("新建审批链")}
      </Button>
      <List label={t("审批链")}>
        {chainsOn(book.sync.rows("leave.chain").value, dayOf(book.now)).map(({ name }) => (
          <Cell key={name} title={chainWord(name)} sub={t("{n} 个假别在用", { n: used(name) })} href={`/leave/policy/chains/${name}`} on={name === id} />
        ))}
      </List>
    </>
  );
}

function People({ book, id }: { book: LeaveBook; id: string | null }) {
  const { rows, sync } = book;
  const people = [...rows.people].filter(([, { body }]) => !body.left).sort(([, x], [, y]) => x.body.badge.localeCompare(y.body.badge, "en", { numeric: true }));
  return (
    <List label={t("人员额度")}>
      {people.map(([uid, { body }]) => (
        <Cell key={uid} title={body.name} sub={`${body.badge} · ${unitName(sync.rows("unit").value, body.unit)}`} href={`/leave/policy/people/${uid}`} on={uid === id} />
      ))}
    </List>
  );
}
