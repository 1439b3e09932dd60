/** Data of several kinds at the desk: what there is, searched as one types, beside the one being changed. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { go } from "../../app/feature";
import { t } from "../../i18n";
import { Button, Cell, Chips, Empty, List, SplitView, Tag, TextField } from "../../ui";

export interface Line {
  id: string;
  title: string;
  sub: string;
  mark?: string;
}

interface Props<K extends string> {
  /** Screens are `{path}/{kind}` and `{path}/{kind}/{id}`, the id `new` for one that is not there yet. */
  path: string;
  kinds: readonly K[];
  kind: K;
  words: Record<K, string>;
  lines: readonly Line[];
  id: string | null;
  /** Beside the button that begins a new one. */
  tools?: ComponentChildren;
  /** Said when there is nothing, or nothing is found. */
  advice?: string;
  /** The form of one, `null` for a new one; closing it leads back to its kind. */
  form: (id: string | null, close: () => void) => ComponentChildren;
}

export function Finder<K extends string>({ path, kinds, kind, words, lines, id, tools, advice, form }: Props<K>) {
  const [typed, setTyped] = useState("");
  const wanted = typed.trim().toLowerCase();
  const found = lines.filter((line) => `${line.title} ${line.sub} ${line.id}`.toLowerCase().includes(wanted));
  const close = () => go(`${path}/${kind}`);
  const list = (
    <div class="stack">
      {kinds.length > 1 && <Chips label={t("类别")} hideLabel options={kinds.map((one) => ({ value: one, label: words[one] }))} value={kind} onChange={(next) => go(`${path}/${next}`)} />}
      <TextField label={t("查找")} type="search" value={typed} onChange={setTyped} />
      <div class="row wrap">
        <Button icon="edit" onPress={() => go(`${path}/${kind}/new`)}>
          {t("新建")}
        </Button>
        {tools}
      </div>
      {found.length > 0 ? (
        <List label={words[kind]}>
          {found.map((line) => (
            <Cell key={line.id} title={line.title} sub={line.sub} value={line.mark && <Tag tone="idle">{line.mark}</Tag>} href={`${path}/${kind}/${encodeURIComponent(line.id)}`} on={line.id === id} />
          ))}
        </List>
      ) : (
        <Empty title={lines.length > 0 ? t("没有找到") : t("还没有内容")} icon={lines.length > 0 ? "search" : "info"}>
          {advice}
        </Empty>
      )}
    </div>
  );
  const detail = id === null ? null : <div key={`${kind}:${id}`}>{form(id === "new" ? null : id, close)}</div>;
  return <SplitView list={list} detail={detail} hint={t("选一项查看和修改。")} />;
}
