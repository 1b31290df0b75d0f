// Real tables: for people who read numbers, and for screen readers.

import type { Child } from "../base/dom";
import { h } from "../base/dom";
import { scrollable } from "./scrollable";

export interface Column<T> {
  name: string;
  cell: (row: T) => Child;
  /** Right-aligned, tabular figures. */
  number?: boolean;
  class?: string;
  /** The column that names the row. */
  head?: boolean;
  hint?: string;
}

export interface TableSpec<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  class?: string;
  rowClass?: (row: T) => string;
  key?: (row: T) => string;
}

export function table<T>({ caption, columns, rows, class: look, rowClass }: TableSpec<T>): HTMLElement {
  const style = (column: Column<T>): string | undefined =>
    [column.number ? "number" : "", column.class ?? ""].join(" ").trim() || undefined;
  const built = h(
    "table",
    { class: look },
    h("caption", { class: "unseen" }, caption),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ...columns.map(column => h("th", { scope: "col", class: style(column), title: column.hint }, column.name)),
      ),
    ),
    h(
      "tbody",
      {},
      ...rows.map(row =>
        h(
          "tr",
          { class: rowClass?.(row) },
          ...columns.map(column =>
            column.head
              ? h("th", { scope: "row", class: style(column), "data-label": column.name }, column.cell(row))
              : h("td", { class: style(column), "data-label": column.name }, column.cell(row)),
          ),
        ),
      ),
    ),
  );
  return scrollable(h("div", { class: "scroll" }, built), caption);
}
