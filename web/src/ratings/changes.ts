// What changed: each exhibition compared with the period before, its own usual and its first weeks.

import type { Change, Ratings, Row } from "../api/types";
import { h } from "../base/dom";
import { fixed, safe } from "../base/text";
import { dayText, span } from "../base/time";
import type { Behind } from "../evidence/behind";
import type { Figure, Option } from "../figures/figure";
import { axisLook, tip } from "../figures/options";
import type { Column } from "../figures/table";
import { table } from "../figures/table";
import { drift } from "../figures/whisker";
import { exhibitionLink } from "../shell/exhibition-link";
import type { View } from "../shell/state";
import { bestOf } from "./distribution";
import { previousOf, sorted } from "./ranking";
import { statement, verdict, verdictText, verdictTone } from "./words";

type Against = "previous" | "usual" | "sinceLaunch";
const names: Record<Against, string> = {
  previous: "Compared with the period before",
  usual: "Against its usual",
  sinceLaunch: "Since its launch",
};

export function showChanges(figure: Figure, data: Ratings, view: View, csv: string, behind: Behind): void {
  // What is usual is weighted by hours of the week: no list of presses adds up to it.
  const open = (row: Row, key: Against): (() => void) | undefined => {
    const days = key === "previous" ? previousOf(data) : key === "sinceLaunch" ? firstWeeks(row) : undefined;
    return (
      days &&
      (() =>
        behind.votes(`Votes for ${safe(row.name)}: ${span(...days)}`, { exhibition: row.publicId, otherDays: days }))
    );
  };
  const asked = (["previous", "usual", "sinceLaunch"] as const).filter(key => key !== "previous" || view.compare);
  const known = (row: Row, key: Against): boolean => row[key] !== null && row[key].change !== null;
  const rows = sorted(data.exhibitions).filter(row => asked.some(key => known(row, key)));
  const against = asked.filter(key => rows.some(row => known(row, key)));
  const title = "What changed";
  if (rows.length === 0 || against.length === 0) return figure.say(title, why(data, asked), csv);
  const changes = rows
    .flatMap(row => against.map(key => row[key]))
    .filter((change): change is Change => change !== null && change.low !== null);
  const most = Math.min(
    bestOf(data.buttons),
    Math.max(
      0.25,
      ...rows.flatMap(row => against.flatMap(key => [Math.abs(row[key]?.low ?? 0), Math.abs(row[key]?.high ?? 0)])),
    ),
  );
  figure.show({
    title,
    note: `${statement(changes)}${changes.some(of => of.verdict === "not-enough-data") ? " Hollow: not enough votes." : ""}`,
    csv,
    drawing: table<Row>({
      caption: title,
      rows,
      class: "changes",
      columns: [
        { name: "Exhibition", cell: row => exhibitionLink(row.publicId, row.name), head: true },
        ...against.map(key => ({ name: names[key], cell: (row: Row) => change(row[key], most, open(row, key)) })),
      ],
    }),
    table: () =>
      table<Row>({
        caption: `${title}, as numbers`,
        rows,
        columns: [
          { name: "Exhibition", cell: row => exhibitionLink(row.publicId, row.name), head: true },
          ...against.flatMap(numbers),
        ],
      }),
    png: { option: picture(rows, against[0]!, most), height: 60 + rows.length * 40 },
  });
}

/** Why nothing is compared: few earlier votes are not the same as none, and none not the same as no earlier days. */
function why(data: Ratings, asked: Against[]): string {
  if (data.total.votes === 0) return "Nobody voted in this period: there is nothing to compare.";
  if (data.exhibitions.some(row => asked.some(key => row[key] !== null && row[key].votes > 0)))
    return "There are too few votes, in this period or before it, to compare it with anything.";
  return data.period.previousFrom === null
    ? "There is no earlier period: these days are all there are."
    : "Nobody voted in the weeks before: there is nothing to compare this period with.";
}

/** The four weeks from its launch. */
function firstWeeks({ sinceLaunch }: Row): [string, string] | undefined {
  if (!sinceLaunch) return undefined;
  const last = new Date(Date.parse(`${sinceLaunch.launch}T00:00:00Z`) + 27 * 86_400_000);
  return [sinceLaunch.launch, last.toISOString().slice(0, 10)];
}

function change(of: Change | null, most: number, open: (() => void) | undefined): Node {
  if (!of || of.change === null)
    return h("span", { class: "faint" }, of?.votes ? "not enough data" : "nothing to compare with");
  return h(
    "div",
    { class: "drift-cell", title: of.launch ? `Launched ${dayText(of.launch)}` : undefined },
    drift(most, of.change, of.low, of.high, of.verdict === "not-enough-data" ? "faint" : verdictTone(of)),
    verdict(of, open),
  );
}

function numbers(key: Against): Column<Row>[] {
  return [
    { name: `${names[key]}: mean then`, number: true, cell: row => fixed(row[key]?.mean) },
    { name: `${names[key]}: change`, cell: row => verdictText(row[key]) },
  ];
}

function picture(rows: Row[], key: Against, most: number): Option {
  return colours => ({
    title: { text: names[key], textStyle: { fontSize: 13, color: colours.muted, fontWeight: 500 } },
    grid: { left: 230, right: 40, top: 50, bottom: 10 },
    tooltip: tip(colours),
    xAxis: {
      type: "value",
      min: -most,
      max: most,
      position: "top",
      ...axisLook(colours),
      axisLabel: { color: colours.muted, formatter: (value: number) => fixed(value, 1) },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map(row => safe(row.name)),
      ...axisLook(colours),
      splitLine: { show: false },
      axisLabel: { color: colours.ink, fontSize: 13, width: 210, overflow: "truncate" },
    },
    series: [
      {
        type: "custom",
        data: rows.map((row, at) => [row[key]?.change ?? 0, at]),
        renderItem: (params: { dataIndex: number }, api: { coord: (at: number[]) => number[] }) => {
          const of = rows[params.dataIndex]![key];
          if (!of || of.change === null) return { type: "group", children: [] };
          const at = (value: number): number => api.coord([value, params.dataIndex])[0] ?? 0;
          const y = api.coord([0, params.dataIndex])[1] ?? 0;
          return {
            type: "group",
            children: [
              {
                type: "line",
                shape: { x1: at(of.low ?? of.change), x2: at(of.high ?? of.change), y1: y, y2: y },
                style: { stroke: colours.accent, lineWidth: 3, opacity: 0.5 },
              },
              {
                type: "circle",
                shape: { cx: at(of.change), cy: y, r: 6 },
                style:
                  of.verdict === "not-enough-data"
                    ? { fill: colours.paper, stroke: colours.accent, lineWidth: 2 }
                    : { fill: colours.accent },
              },
            ],
          };
        },
      },
    ],
  });
}
