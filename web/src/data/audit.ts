// Who came, was refused and did what.
import { safe } from "../base/text";
import { when } from "../base/time";
import type { Figure } from "../figures/figure";
import { table } from "../figures/table";

interface Row {
  at: string;
  event: string;
  who: string;
  provider: string;
  address: string;
  subject: string | null;
  detail: string;
  times: number;
}

const MOST = 30;

export function showAudit(figure: Figure, data: Record<string, unknown>, csv: string): void {
  const title = "Who did what";
  const rows = data.events as Row[];
  if (rows.length === 0) return figure.say(title, "Nothing yet.", csv);
  const columns: [string, (row: Row) => string][] = [
    ["When", row => when(row.at)],
    ["Who", row => safe(row.who || "–")],
    ["By", row => safe(row.provider)],
    ["From", row => safe(row.address)],
    ["What", row => safe(row.times === 1 ? row.event : `${row.event} (${row.times} times)`)],
    ["To whom", row => safe(row.subject ?? "")],
    ["Detail", row => safe(row.detail)],
  ];
  const build = (): HTMLElement =>
    table<Row>({
      caption: title,
      rows: rows.slice(0, MOST),
      columns: columns.map(([name, cell], at) => ({ name, head: at === 0, cell })),
    });
  figure.show({ title, note: "Newest first.", csv, drawing: build(), table: build });
}
