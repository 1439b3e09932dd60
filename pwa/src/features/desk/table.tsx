/** The rows of a register as a table: titles sort, arrows move, Enter opens a row. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { go } from "../../app/feature";
import { t } from "../../i18n";
import type { RegisterColumn, RegisterInfo, RegisterPage, RegisterRow } from "../../sync/types.gen";
import { Cell, Check, List } from "../../ui";
import type { Query } from "./ask";
import { addressOf, cellText, COLUMNS_FIRST, isNumeric, SEALED, sorted, sortOf } from "./model";

const CELLS_IN_HAND = 6;
// Paper is narrower than a desk, and has the table too.
const desk = matchMedia("(min-width: 1024px), print");
const wide = signal(desk.matches);
desk.addEventListener("change", ({ matches }) => (wide.value = matches));

interface TableProps {
  info: RegisterInfo;
  pages: readonly RegisterPage[];
  query: Query;
  current: string | null;
  onOpen: (rid: string) => void;
}

/** At the desk and on paper a table; in the hand a list of the first columns, the whole row behind it. */
export function Rows(props: TableProps) {
  return wide.value ? <RegisterTable {...props} /> : <RegisterList {...props} />;
}

function RegisterList({ info, pages, onOpen }: TableProps) {
  return (
    <List label={info.title}>
      {pages.flatMap((page) =>
        page.rows.map((row) => {
          const [first = "", ...rest] = info.columns.slice(0, CELLS_IN_HAND).map((column, at) => shown(row, column, at, page));
          return <Cell key={row.rid} title={rest[0] ?? first} sub={<span class="num">{[first, ...rest.slice(1)].filter((text) => text !== "—").join("\u00a0· ")}</span>} onPress={() => onOpen(row.rid)} />;
        }),
      )}
    </List>
  );
}

const shown = (row: RegisterRow, column: RegisterColumn, at: number, page: RegisterPage) =>
  row.sealed?.includes(column.key) ? SEALED : cellText(column, row.cells[at] ?? null, page.labels);

function RegisterTable({ info, pages, query, current, onOpen }: TableProps) {
  const [all, setAll] = useState(false);
  const columns = all ? info.columns : info.columns.slice(0, COLUMNS_FIRST);
  return (
    <>
      {info.columns.length > COLUMNS_FIRST && <Check label={t("显示全部列")} value={all} onChange={setAll} />}
      <div class="table" role="region" aria-label={info.title} tabIndex={-1}>
        <table>
          <caption class="sr">{info.title}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Title key={column.key} info={info} column={column} query={query} />
              ))}
            </tr>
          </thead>
          <tbody>
            {pages.flatMap((page) =>
              page.rows.map((row) => <Row key={row.rid} row={row} columns={columns} page={page} current={current === row.rid} onOpen={() => onOpen(row.rid)} />),
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Title({ info, column, query }: { info: RegisterInfo; column: RegisterColumn; query: Query }) {
  const numeric = isNumeric(column) ? "num" : undefined;
  if (!column.sorts) {
    return (
      <th scope="col" class={numeric}>
        {column.title}
      </th>
    );
  }
  const order = sortOf(query, info, column.key);
  return (
    <th scope="col" class={numeric} aria-sort={order}>
      <button type="button" class="sort" onClick={() => go(addressOf(info.name, sorted(query, info, column.key)), { replace: true })}>
        {column.title}
        <span aria-hidden="true">{order === "descending" ? "▼" : order === "ascending" ? "▲" : ""}</span>
      </button>
    </th>
  );
}

interface RowProps {
  row: RegisterRow;
  columns: readonly RegisterColumn[];
  page: RegisterPage;
  current: boolean;
  onOpen: () => void;
}

function Row({ row, columns, page, current, onOpen }: RowProps) {
  const keys = (event: KeyboardEvent) => {
    const line = event.currentTarget instanceof HTMLElement ? event.currentTarget : null;
    const other = event.key === "ArrowDown" ? line?.nextElementSibling : event.key === "ArrowUp" ? line?.previousElementSibling : null;
    if (event.key !== "Enter" && event.key !== " " && !(other instanceof HTMLElement)) return;
    event.preventDefault();
    if (other instanceof HTMLElement) other.focus();
    else onOpen();
  };
  return (
    <tr tabIndex={0} aria-current={current ? "true" : undefined} onClick={onOpen} onKeyDown={keys}>
      {columns.map((column, at) => (
        <td key={column.key} class={isNumeric(column) ? "num" : undefined}>
          {shown(row, column, at, page)}
        </td>
      ))}
    </tr>
  );
}
