/** A checklist: its versions to read, and a new one written from the newest (FAC-06, CHK-07). */
import { useState } from "preact/hooks";
import { DraftNotice, go, SubmitBar, useAsked, useDraft } from "../../app/feature";
import { date, dayOf, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Checklist, ChecklistItem, PutChecklist } from "../../sync/types.gen";
import { Button, Buttons, Card, Cell, Chips, DayField, IconButton, List, Notice, Section, Tag, TextArea, TextField } from "../../ui";
import { NamesFields, said } from "../hall/names-fields";
import { ItemSheet } from "./item-sheet";
import { lackOf, moved, nextId, POINTS, sumOf, versionsOf, withItem, type Lack, type ListDraft } from "./model";
import { useWord } from "./words";
import "./norms.css";

type Use = PutChecklist["use"];
const NAME = /^[A-Za-z][A-Za-z0-9_.]{0,15}$/;

export function ListForm({ sync, id }: { sync: Sync; id: string | null }) {
  const versions = versionsOf(Array.from(sync.rows("checklist").value, ([rid, { body }]) => [rid, body] as const)).get(id ?? "") ?? [];
  const [at, setAt] = useState(0);
  const [writing, setWriting] = useState(id === null);
  useAsked((key) => key.startsWith(`checklist:${id}-`) && setWriting(true));
  const newest = versions[0];
  const shown = versions[at] ?? newest;
  if (id === null) return <NewList sync={sync} />;
  if (!newest || !shown) return null;
  if (writing) return <Writing sync={sync} list={id} base={newest[1]} use={newest[1].use ?? "visit"} onClose={() => setWriting(false)} />;
  return (
    <div class="stack">
      {versions.length > 1 && (
        <Chips
          label={t("各版")}
          options={versions.map(([rid, body]) => ({ value: rid, label: t("第 {n} 版", { n: body.version }), ...(body.by && body.valid_from ? { sub: t("{day} 起", { day: date(body.valid_from) }) } : {}) }))}
          value={shown[0]}
          onChange={(rid) => setAt(versions.findIndex(([one]) => one === rid))}
        />
      )}
      <Reading list={shown[1]} />
      <Button tone="main" onPress={() => setWriting(true)}>
        {t("以最新一版为底改")}
      </Button>
    </div>
  );
}

function marksOf(item: ChecklistItem) {
  return (
    <>
      {item.veto && <Tag tone="bad">{t("否决项")}</Tag>} {item.proof && <Tag tone="warn">{t("须附证据")}</Tag>} {item.na === false && <Tag tone="idle">{t("必答")}</Tag>}{" "}
      <b class="num">{item.points > 0 ? t("{n} 分", { n: item.points }) : t("不计分")}</b>
    </>
  );
}

/** A version as it was published: nothing of it changes any more. */
function Reading({ list }: { list: Checklist }) {
  const items = list.groups.flatMap((group) => group.items);
  return (
    <>
      <Section title={names(list.names)} aside={t("第 {n} 版，{items} 项，合计 {sum} 分", { n: list.version, items: items.length, sum: sumOf(list.groups) })}>
        {list.text && <Card tone="info">{list.text}</Card>}
      </Section>
      {list.groups.map((group) => (
        <Section key={group.id} title={`${group.id} ${names(group.names)}`} aside={t("{n} 分", { n: sumOf([group]) })}>
          <List>
            {group.items.map((item) => (
              <Cell key={item.id} title={<span class="text">{`${item.id} ${names(item.names)}`}</span>} value={marksOf(item)} />
            ))}
          </List>
        </Section>
      ))}
    </>
  );
}

function NewList({ sync }: { sync: Sync }) {
  const [list, setList] = useState("");
  const [use, setUse] = useState<Use>("facility");
  const [begun, setBegun] = useState(false);
  const taken = versionsOf(Array.from(sync.rows("checklist").value, ([rid, { body }]) => [rid, body] as const)).has(list);
  if (begun) return <Writing sync={sync} list={list} base={null} use={use} onClose={() => setBegun(false)} />;
  return (
    <Card>
      <div class="stack">
        <TextField label={t("编号")} required value={list} max={16} hint={t("字母开头，如 fa；各版为 fa-1、fa-2。")} onChange={setList} {...(taken ? { error: t("这个编号已被使用。") } : {})} />
        <Chips label={t("用途")} options={(["facility", "visit", "quick"] as const).map((value) => ({ value, label: useWord(value) }))} value={use} onChange={setUse} />
        <Button tone="main" disabled={!NAME.test(list) || taken} onPress={() => setBegun(true)}>
          {t("开始写")}
        </Button>
      </div>
    </Card>
  );
}

interface WritingProps {
  sync: Sync;
  list: string;
  base: Checklist | null;
  use: Use;
  onClose: () => void;
}

function Writing({ sync, list, base, use, onClose }: WritingProps) {
  const today = dayOf(sync.now());
  const version = (base?.version ?? 0) + 1;
  const first: ListDraft = { names: base?.names ?? {}, groups: base?.groups ?? [], valid_from: today, text: "" };
  const draft = useDraft<ListDraft>(`checklist:${list}-${version}`, first, t("检查表"));
  const [open, setOpen] = useState<{ group: string; item: ChecklistItem | null } | null>(null);
  const [naming, setNaming] = useState("");
  const { value, set } = draft;
  const lack = lackOf(value, use, today);
  const submit = async () => {
    const args: PutChecklist = { ...value, use, names: said(value.names), groups: value.groups.map((group) => ({ ...group, names: said(group.names) })), text: value.text.trim() };
    const receipt = await sync.save("norm.checklist", args, { rid: `${list}-${version}`, ...draft.record });
    await draft.done();
    go("/norms/lists");
    return receipt;
  };
  const rename = (id: string, text: Record<string, string>) => set({ groups: value.groups.map((group) => (group.id === id ? { ...group, names: text } : group)) });
  return (
    <div class="stack">
      <DraftNotice draft={draft} />
      <Notice tone="info" title={t("{use}：{list} 第 {n} 版", { use: useWord(use), list, n: version })}>
        {t("发布后不再改动；已经用旧版做的记录仍按旧版看。")}
      </Notice>
      <Card>
        <div class="stack">
          <NamesFields label={t("名称")} required value={value.names} onChange={(text) => set({ names: text })} />
          <DayField label={t("自哪天起")} value={value.valid_from} min={today} onChange={(valid_from) => set({ valid_from })} />
          <TextArea label={t("改了什么（可不填）")} rows={2} max={500} value={value.text} onChange={(text) => set({ text })} />
        </div>
      </Card>
      {value.groups.map((group) => (
        <Section key={group.id} title={`${group.id} ${names(group.names) || t("未命名")}`} aside={t("{n} 分", { n: sumOf([group]) })}>
          {(naming === group.id || !group.names["zh_Hans"]) && (
            <Card>
              <NamesFields label={t("分组名称")} required value={group.names} onChange={(text) => (setNaming(group.id), rename(group.id, text))} />
            </Card>
          )}
          <List>
            {group.items.map((item) => (
              <Cell key={item.id} title={<span class="text">{`${item.id} ${names(item.names)}`}</span>} value={marksOf(item)} onPress={() => setOpen({ group: group.id, item })} />
            ))}
          </List>
          <Buttons>
            {naming !== group.id && <Button onPress={() => setNaming(group.id)}>{t("分组名称")}</Button>}
            <Button onPress={() => setOpen({ group: group.id, item: null })}>{t("增加一项")}</Button>
            {group.items.length === 0 && <IconButton icon="close" label={t("去掉这一组")} onPress={() => set({ groups: value.groups.filter((one) => one.id !== group.id) })} />}
          </Buttons>
        </Section>
      ))}
      <Button onPress={() => set({ groups: [...value.groups, { id: nextId(value.groups, "G"), names: {}, items: [] }] })}>{t("增加一组")}</Button>
      <p class="sum" role="status">
        <b>{t("合计 {n} 分", { n: sumOf(value.groups) })}</b>
        {use !== "quick" && sumOf(value.groups) !== POINTS && <Tag tone="bad">{t("应为 {n} 分", { n: POINTS })}</Tag>}
      </p>
      <SubmitBar verb={t("发布新版")} disabled={lack !== null} note={lack ? lackText(lack, use, sumOf(value.groups)) : t("以服务器答复为准；断网时先存本机。")} onSubmit={submit} />
      <Button tone="quiet" onPress={onClose}>
        {t("先不写了（草稿留在本机）")}
      </Button>
      {open && (
        <ItemSheet
          key={open.item?.id ?? "new"}
          item={open.item ?? { id: nextId(value.groups, open.group.slice(0, 1)), names: {}, points: 1 }}
          isNew={open.item === null}
          scored={use !== "quick"}
          taken={(id) => id !== open.item?.id && value.groups.some((group) => group.items.some((item) => item.id === id))}
          onSave={(item) => (set({ groups: withItem(value.groups, open.group, open.item?.id ?? null, item) }), setOpen(null))}
          onMove={(by) => set({ groups: moved(value.groups, open.group, open.item?.id ?? "", by) })}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

function lackText(lack: Lack, use: Use, sum: number): string {
  const words: Record<Lack, () => string> = {
    name: () => t("请填写名称。"),
    groups: () => t("每一组都要有名称和至少一项。"),
    item: () => t("每一项都要有编号和内容。"),
    twice: () => t("有编号重复。"),
    points: () => t("分值是 0 到 100 的整数，否决项须有分值。"),
    sum: () => (use === "quick" ? t("快捷单不计分，分值都应为 0。") : t("合计 {n} 分，须为 100。", { n: sum })),
    day: () => t("不能从过去的日子起。"),
    size: () => t("内容太多，请缩短或分成两份。"),
  };
  return words[lack]();
}
