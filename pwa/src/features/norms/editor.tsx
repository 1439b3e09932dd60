/** 本厅规范 at the desk: every kind of data beside the one being changed. What has been used stays readable: a change is a new version. */
import { useState } from "preact/hooks";
import { go, useMe, type ScreenProps } from "../../app/feature";
import { dayOf, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Button, Cell, Chips, Empty, List, SplitView, Tag, TextField } from "../../ui";
import { codesOn } from "../hall/codes";
import { CodeForm } from "./code-form";
import { HandbookForm } from "./handbook-form";
import { ListForm } from "./list-form";
import { versionsOf } from "./model";
import { PhraseForm } from "./phrase-form";
import { TagsForm } from "./tags-form";
import { editionWord, groupWord, SCENES, sceneWord, useWord } from "./words";

const KINDS = ["lists", "codes", "phrases", "tags", "handbook"] as const;
type Kind = (typeof KINDS)[number];

interface Line {
  id: string;
  title: string;
  sub: string;
  mark?: string;
}

/** What this person may change: the desk everything, a check lead the lists of visits, a head the unit's own codes. */
function kindsOf(roles: readonly string[]): Kind[] {
  if (roles.some((role) => ["OFF", "EFF", "ADM"].includes(role))) return [...KINDS];
  return [...(roles.includes("CHECK") ? (["lists"] as const) : []), ...(roles.includes("HEAD") ? (["codes"] as const) : [])];
}

export default function Editor({ sync, params }: ScreenProps) {
  const [typed, setTyped] = useState("");
  const me = useMe();
  const kinds = kindsOf(me?.roles ?? []);
  const kind = kinds.find((one) => one === params["kind"]) ?? kinds[0];
  const id = params["id"] ?? null;
  if (!kind) return <Empty title={t("没有您可以修改的规范。")} icon="edit" />;
  const words: Record<Kind, string> = { lists: t("检查表"), codes: t("问题代码"), phrases: t("用语"), tags: t("行为标签"), handbook: t("手册") };
  const all = LINES[kind](sync);
  const wanted = typed.trim().toLowerCase();
  const lines = all.filter((line) => `${line.id} ${line.title} ${line.sub}`.toLowerCase().includes(wanted));
  const list = (
    <div class="stack">
      {kinds.length > 1 && <Chips label={t("类别")} hideLabel options={kinds.map((one) => ({ value: one, label: words[one] }))} value={kind} onChange={(next) => go(`/norms/${next}`)} />}
      <TextField label={t("查找")} type="search" value={typed} onChange={setTyped} />
      <Button icon="edit" onPress={() => go(`/norms/${kind}/new`)}>
        {t("新建")}
      </Button>
      {lines.length === 0 ? (
        <Empty title={t("没有找到")} icon="search" />
      ) : (
        <List label={words[kind]}>
          {lines.map((line) => (
            <Cell key={line.id} title={line.title} sub={line.sub} value={line.mark && <Tag tone="idle">{line.mark}</Tag>} href={`/norms/${kind}/${encodeURIComponent(line.id)}`} on={line.id === id} />
          ))}
        </List>
      )}
    </div>
  );
  const detail = id === null ? null : <Detail key={`${kind}:${id}`} sync={sync} kind={kind} id={id === "new" ? null : id} />;
  return <SplitView list={list} detail={detail} hint={t("选一项查看和修改。")} />;
}

function Detail({ sync, kind, id }: { sync: Sync; kind: Kind; id: string | null }) {
  const close = () => go(`/norms/${kind}`);
  switch (kind) {
    case "lists":
      return <ListForm sync={sync} id={id} />;
    case "codes":
      return <CodeForm sync={sync} id={id} onDone={close} />;
    case "phrases":
      return <PhraseForm sync={sync} id={id} onDone={close} />;
    case "tags":
      return <TagsForm sync={sync} id={id} onDone={close} />;
    case "handbook":
      return <HandbookForm sync={sync} id={id} onDone={close} />;
  }
}

const example = (is: boolean | undefined): { mark?: string } => (is ? { mark: t("示例") } : {});

const LINES: Record<Kind, (sync: Sync) => Line[]> = {
  lists: (sync) =>
    [...versionsOf(Array.from(sync.rows("checklist").value, ([id, { body }]) => [id, body] as const))].flatMap(([list, versions]) => {
      const [, newest] = versions[0] ?? [];
      return newest ? [{ id: list, title: names(newest.names), sub: `${useWord(newest.use ?? "visit")} · ${t("第 {n} 版", { n: newest.version })}` }] : [];
    }),
  codes: (sync) =>
    [...codesOn(sync, dayOf(sync.now()))].map(([code, rule]) => ({
      id: code,
      title: `${code} ${names(rule.names)}`,
      sub: [groupWord(rule.group), names(rule.basis), rule.points ? t("{n} 分", { n: rule.points }) : ""].filter(Boolean).join(" · "),
      ...(rule.retired ? { mark: t("已停用") } : example(rule.example)),
    })),
  phrases: (sync) =>
    [...sync.rows("phrase").value]
      .sort(([, { body: a }], [, { body: b }]) => SCENES.indexOf(a.scene) - SCENES.indexOf(b.scene) || (a.order ?? 0) - (b.order ?? 0))
      .map(([id, { body }]) => ({ id, title: names(body.good), sub: sceneWord(body.scene), ...example(body.example) })),
  tags: (sync) =>
    [...sync.rows("tagset").value]
      .sort(([, { body: a }], [, { body: b }]) => (a.order ?? 0) - (b.order ?? 0))
      .map(([id, { body }]) => ({ id, title: names(body.names), sub: body.tags.map((tag) => names(tag.names)).join(t("、")), ...example(body.example) })),
  handbook: (sync) =>
    [...sync.rows("handbook").value]
      .sort(([a], [b]) => Number(b) - Number(a))
      .map(([id, { body }]) => ({ id, title: names(body.title), sub: editionWord(id, body), ...example(body.example) })),
};
