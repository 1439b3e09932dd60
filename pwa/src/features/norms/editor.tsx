/** 本厅规范 at the desk: every kind of data beside the one being changed. What has been used stays readable: a change is a new version. */
import { useMe, type ScreenProps } from "../../app/feature";
import { dayOf, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Empty } from "../../ui";
import { codesOn } from "../hall/codes";
import { Finder, type Line } from "../hall/finder";
import { CodeForm } from "./code-form";
import { HandbookForm } from "./handbook-form";
import { ListForm } from "./list-form";
import { versionsOf } from "./model";
import { PhraseForm } from "./phrase-form";
import { TagsForm } from "./tags-form";
import { editionWord, groupWord, SCENES, sceneWord, useWord } from "./words";

const KINDS = ["lists", "codes", "phrases", "tags", "handbook"] as const;
type Kind = (typeof KINDS)[number];

/** What this person may change: the desk everything, a check lead the lists of visits, a head the unit's own codes. */
function kindsOf(roles: readonly string[]): Kind[] {
  if (roles.some((role) => ["OFF", "EFF", "ADM"].includes(role))) return [...KINDS];
  return [...(roles.includes("CHECK") ? (["lists"] as const) : []), ...(roles.includes("HEAD") ? (["codes"] as const) : [])];
}

export default function Editor({ sync, params }: ScreenProps) {
  const me = useMe();
  const kinds = kindsOf(me?.roles ?? []);
  const kind = kinds.find((one) => one === params["kind"]) ?? kinds[0];
  if (!kind) return <Empty title={t("没有您可以修改的规范。")} icon="edit" />;
  const words: Record<Kind, string> = { lists: t("检查表"), codes: t("问题代码"), phrases: t("用语"), tags: t("行为标签"), handbook: t("手册") };
  const form = (id: string | null, close: () => void) => <Form sync={sync} kind={kind} id={id} onDone={close} />;
  return <Finder path="/norms" kinds={kinds} kind={kind} words={words} lines={LINES[kind](sync)} id={params["id"] ?? null} form={form} />;
}

function Form({ sync, kind, id, onDone }: { sync: Sync; kind: Kind; id: string | null; onDone: () => void }) {
  switch (kind) {
    case "lists":
      return <ListForm sync={sync} id={id} />;
    case "codes":
      return <CodeForm sync={sync} id={id} onDone={onDone} />;
    case "phrases":
      return <PhraseForm sync={sync} id={id} onDone={onDone} />;
    case "tags":
      return <TagsForm sync={sync} id={id} onDone={onDone} />;
    case "handbook":
      return <HandbookForm sync={sync} id={id} onDone={onDone} />;
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
      sub: [groupWord(rule.group), names(rule.basis), rule.points ? t("{n} 分", { n: rule.points }) : ""].filter(Boolean).join("\u00a0· "),
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
