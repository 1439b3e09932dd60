/** 筛选: every column that can be filtered, by its kind. */
import { useState } from "preact/hooks";
import { useSync } from "../../app/feature";
import { t } from "../../i18n";
import type { RegisterColumn, RegisterInfo } from "../../sync/types.gen";
import { Button, Buttons, Chips, MultiChips, Select, Sheet, TextField } from "../../ui";
import { postName, walkingOrder } from "../hall/names";
import type { Query } from "./ask";
import { canFilter } from "./model";

interface SheetProps {
  info: RegisterInfo;
  query: Query;
  onAsk: (query: Query) => void;
  onClose: () => void;
}

export function FilterSheet({ info, query, onAsk, onClose }: SheetProps) {
  const [draft, setDraft] = useState<Query>(query);
  const columns = info.columns.filter((column) => canFilter(info, column) && !column.sealed);
  const set = (key: string, value: string) => setDraft({ ...draft, [`f.${key}`]: value });
  const bare = Object.fromEntries(Object.entries(query).filter(([key]) => !key.startsWith("f.")));
  return (
    <Sheet
      open
      title={t("筛选")}
      onClose={onClose}
      foot={
        <Buttons>
          <Button onPress={() => onAsk(bare)}>{t("全部清除")}</Button>
          <Button tone="main" onPress={() => onAsk(draft)}>
            {t("查看结果")}
          </Button>
        </Buttons>
      }
    >
      {columns.map((column) => (
        <One key={column.key} column={column} value={draft[`f.${column.key}`] ?? ""} onChange={(value) => set(column.key, value)} />
      ))}
    </Sheet>
  );
}

function One({ column, value, onChange }: { column: RegisterColumn; value: string; onChange: (value: string) => void }) {
  if (column.kind === "choice") {
    const options = (column.choices ?? []).filter(([one]) => one !== "").map(([one, word]) => ({ value: one, label: word }));
    return <MultiChips label={column.title} options={options} value={value.split(",").filter(Boolean)} onChange={(chosen) => onChange(chosen.join(","))} />;
  }
  if (column.kind === "flag") {
    const options = [{ value: "", label: t("不限") }, { value: "1", label: t("是") }, { value: "0", label: t("否") }];
    return <Chips label={column.title} options={options} value={value} onChange={onChange} />;
  }
  if (column.kind === "person") return <Person column={column} value={value} onChange={onChange} />;
  if (column.kind === "post") return <Post column={column} value={value} onChange={onChange} />;
  return <TextField label={column.title} value={value} onChange={onChange} hint={column.kind === "text" ? t("包含这些字") : t("一个数，或如 3..7")} max={column.kind === "text" ? 60 : 20} />;
}

type OneProps = Parameters<typeof One>[0];

function Person({ column, value, onChange }: OneProps) {
  const people = [...useSync().rows("person").value].map(([uid, { body }]) => ({ value: uid, label: body.name }));
  people.sort((a, b) => a.label.localeCompare(b.label, "zh"));
  return <Select label={column.title} value={value} options={[{ value: "", label: t("不限") }, ...people]} onChange={onChange} />;
}

function Post({ column, value, onChange }: OneProps) {
  const sync = useSync();
  const posts = sync.rows("post").value;
  const order = walkingOrder(posts, sync.rows("hall").value.get("hall")?.body.zones ?? []);
  const options = order.map((id) => ({ value: id, label: postName(posts, id) }));
  return <Select label={column.title} value={value} options={[{ value: "", label: t("不限") }, ...options]} onChange={onChange} />;
}
