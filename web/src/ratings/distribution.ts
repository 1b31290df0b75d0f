// The whole distribution, not only its mean: two exhibitions with the same mean can be loved and hated, or nothing much.
import { h } from "../base/dom";
import { ratingWords, smiley } from "../base/icons";
import { count, percent, safe } from "../base/text";
import type { Ratings, Row } from "../api/types";
import type { Figure, Option } from "../figures/figure";
import { tip } from "../figures/options";
import { table } from "../figures/table";
import { sorted } from "./ranking";

export function showDistribution(figure: Figure, data: Ratings, csv: string): void {
  const rows = sorted(data.exhibitions).filter(row => row.votes > 0);
  const title = "How the votes divide";
  if (rows.length === 0) return figure.say(title, "No votes in this period.", csv);
  const share = (row: Row, rating: number): number => (row.distribution[rating] ?? 0) / row.votes;
  const extremes = [...rows].filter(row => row.enough).sort((a, b) => share(b, 0) + share(b, 4) - share(a, 0) - share(a, 4))[0];
  figure.show({
    title,
    note: extremes ? `${safe(extremes.name)} divides its visitors most: ${percent(share(extremes, 4))} amazing, ${percent(share(extremes, 0))} terrible.` : "Share of each answer.",
    csv,
    above: legend(),
    option: option(rows, share),
    height: 30 + rows.length * 46,
    label: `Stacked bars: ${rows.map(row => `${safe(row.name)} ${ratingWords.map((word, rating) => `${word} ${percent(share(row, rating))}`).join(", ")}`).join("; ")}`,
    table: () => table<Row>({
      caption: title, rows,
      columns: [
        { name: "Exhibition", cell: row => safe(row.name), head: true },
        ...ratingWords.map((name, rating) => ({ name, number: true, cell: (row: Row) => `${count(row.distribution[rating])} (${percent(share(row, rating))})` })),
        { name: "Votes", number: true, cell: row => count(row.votes) },
      ],
    }),
  });
}

export const legend = (): HTMLElement => h("ul", { class: "legend", "aria-label": "Answers" }, ...ratingWords.map((word, rating) => h("li", {}, smiley(rating), word)));

function option(rows: Row[], share: (row: Row, rating: number) => number): Option {
  return (colours, wide) => ({
    grid: { left: 0, right: 0, top: 4, bottom: 0 },
    xAxis: { type: "value", max: 1, show: false },
    yAxis: { type: "category", inverse: true, data: rows.map(row => safe(row.name)), show: false },
    tooltip: {
      ...tip(colours), trigger: "axis", axisPointer: { type: "none" },
      formatter: (items: { dataIndex: number }[]) => {
        const row = rows[items[0]?.dataIndex ?? 0]!;
        return [`${safe(row.name)}, ${count(row.votes)} votes`, ...ratingWords.map((word, rating) => `${word}: ${percent(share(row, rating), 1)}`)].join("\n");
      },
    },
    series: ratingWords.map((word, rating) => ({
      name: word, type: "bar", stack: "all", barWidth: 18, data: rows.map(row => share(row, rating)),
      itemStyle: { color: colours.ratings[rating], borderColor: colours.paper, borderWidth: 1 },
      label: rating === 0
        ? { show: true, position: [0, -16], color: colours.ink, fontSize: 12.5, formatter: ({ dataIndex }: { dataIndex: number }) => safe(rows[dataIndex]!.name), width: wide ? 500 : 280, overflow: "truncate" }
        : { show: rating === 4, position: "insideRight", color: colours.ratingInks[rating], fontSize: 11, formatter: ({ value }: { value: number }) => (value > 0.08 ? percent(value) : "") },
      emphasis: { disabled: true },
    })),
  });
}
