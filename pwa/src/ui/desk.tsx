/** The desk: list and detail side by side, tables that work from the keyboard. */
import type { ComponentChildren } from "preact";

/** Below 1024 px one of the two, above it both. `detail` null: nothing is chosen, and `hint` says what to choose. */
export function SplitView({ list, detail, hint }: { list: ComponentChildren; detail: ComponentChildren | null; hint: string }) {
  return (
    <div class={detail ? "split has" : "split"}>
      <div>{list}</div>
      <div class="detail">{detail ?? <p class="empty">{hint}</p>}</div>
    </div>
  );
}

export interface Column<R> {
  id: string;
  title: string;
  cell: (row: R) => ComponentChildren;
  /** Figures and times: tabular, at the right. */
  numeric?: boolean;
}

export interface TableProps<R> {
  caption: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
  onOpen?: (row: R) => void;
  current?: string | undefined;
}

export function Table<R>({ caption, columns, rows, rowKey, onOpen, current }: TableProps<R>) {
  const keys = (event: KeyboardEvent, row: R) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onOpen?.(row);
    }
    const line = event.currentTarget instanceof HTMLElement ? event.currentTarget : null;
    const other = event.key === "ArrowDown" ? line?.nextElementSibling : event.key === "ArrowUp" ? line?.previousElementSibling : null;
    if (other instanceof HTMLElement) {
      event.preventDefault();
      other.focus();
    }
  };
  return (
    <div class="table" tabIndex={onOpen ? undefined : 0} role="region" aria-label={caption}>
      <table>
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" class={column.numeric ? "num" : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              {...(onOpen ? { tabIndex: 0, onClick: () => onOpen(row), onKeyDown: (event: KeyboardEvent) => keys(event, row) } : {})}
              aria-current={current === rowKey(row) ? "true" : undefined}
            >
              {columns.map((column) => (
                <td key={column.id} class={column.numeric ? "num" : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
