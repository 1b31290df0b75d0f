// Rows with the server's names: all fields of an operator's action are shown.
import { capital, safe } from "../base/text";
import { when } from "../base/time";
import type { Figure } from "../figures/figure";
import { table } from "../figures/table";

type Row = Record<string, unknown>;

export function showAudit(figure: Figure, data: Record<string, unknown>, csv: string): void {
  const title = "What operators did";
  const rows = (Object.values(data).find(Array.isArray) ?? []) as Row[];
  if (rows.length === 0) return figure.say(title, "Nothing yet.", csv);
  const keys = [...new Set(rows.flatMap(row => Object.keys(row)))].filter(key =>
    rows.some(row => row[key] !== null && row[key] !== ""),
  );
  const text = (value: unknown): string =>
    typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)
      ? when(value)
      : safe(typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "–"));
  const build = (): HTMLElement =>
    table<Row>({
      caption: title,
      rows: rows.slice(0, 30),
      columns: keys.map((key, at) => ({
        name: capital(key.replace(/([A-Z])/g, " $1").toLowerCase()),
        head: at === 0,
        cell: (row: Row) => text(row[key]),
      })),
    });
  figure.show({ title, note: "Newest first.", csv, drawing: build(), table: build });
}
