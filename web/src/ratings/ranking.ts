// The ranking: each exhibition's place, how certain it is, and whether it meets its target.

import type { Museum, Ratings, Row } from "../api/types";
import { h } from "../base/dom";
import { openHours } from "../base/rates";
import { marks } from "../base/scale";
import { fixed, floorName, plural, rate, safe } from "../base/text";
import type { Behind, Part } from "../evidence/behind";
import { counted, opens } from "../evidence/behind";
import type { Figure, Option } from "../figures/figure";
import { axisLook } from "../figures/options";
import type { Column } from "../figures/table";
import { table } from "../figures/table";
import { whisker } from "../figures/whisker";
import { exhibitionLink } from "../shell/exhibition-link";
import type { View } from "../shell/state";
import { bestOf, wordsOf } from "./distribution";
import { statusPill, verdict, verdictText } from "./words";

export const sorted = (rows: Row[]): Row[] =>
  [...rows].sort((a, b) => (a.rank ?? 999) - (b.rank ?? 999) || b.votes - a.votes || a.name.localeCompare(b.name));

/** Opens the votes of one exhibition. */
type Open = (row: Row, part?: Part, when?: string) => void;

export function showRanking(
  figure: Figure,
  data: Ratings,
  view: View,
  csv: string,
  behind: Behind,
  museum: Museum | undefined,
): void {
  const open: Open = (row, part, when) =>
    behind.votes(`Votes for ${safe(row.name)}${when ?? ""}`, { exhibition: row.publicId, ...part });
  const rows = sorted(data.exhibitions);
  const title = "How each exhibition is rated";
  const words = wordsOf(data);
  if (rows.length === 0) return figure.say(title, "No exhibition fits the filters.", csv);
  figure.show({
    title,
    note: `Mean of votes from 0 (${words[0]!.toLowerCase()}) to ${words.length - 1} (${words.at(-1)!.toLowerCase()}) with its interval${rows.length > 1 ? `, widened so that all ${rows.length} hold together with 95 % confidence` : " of 95 % confidence"}; the line marks the target of ${fixed(data.target.mean, 1)}. Ranked by means drawn toward the museum's, so that few votes cannot lead; hollow: not enough votes.`,
    csv,
    drawing: pictured(rows, data, view, open, openHours(museum?.opens, museum?.closes)),
    table: () => plain(rows, view, open),
    png: { option: picture(rows, data), height: 60 + rows.length * 44 },
  });
}

const where = (row: Row): HTMLElement =>
  h(
    "span",
    { class: "where" },
    exhibitionLink(row.publicId, row.name),
    h("small", {}, `${floorName(row.floor)} · ${safe(row.department)}`),
  );

function pictured(rows: Row[], data: Ratings, view: View, open: Open, hours: number[] | undefined): HTMLElement {
  const best = bestOf(data.buttons);
  const axis = { from: 0, to: best, marks: marks(best), target: data.target.mean };
  const compared = view.compare && rows.some(row => row.previous !== null);
  const columns: Column<Row>[] = [
    { name: "Rank", cell: row => row.rank ?? "–", class: "rank" },
    { name: "Exhibition", cell: where, head: true },
    {
      name: `0 to ${best}`,
      cell: row => (row.votes ? whisker(axis, row.mean, row.low, row.high, row.enough ? "" : "faint") : null),
      class: "wide",
    },
    {
      name: "Mean",
      cell: row =>
        h(
          "span",
          { class: "with-range" },
          h("b", {}, row.mean === null ? fixed(row.mean) : opens(fixed(row.mean), "show its votes", () => open(row))),
          row.low === null ? null : h("small", {}, `${fixed(row.low)}–${fixed(row.high)}`),
        ),
      number: true,
      class: "mean",
    },
    {
      name: "Votes",
      cell: row => counted(row.votes, "show its votes", () => open(row)),
      number: true,
      class: "votes",
    },
    {
      name: "Per hour",
      cell: row =>
        row.votesPerOpenHour
          ? opens(rate(row.votesPerOpenHour), "show its votes in opening hours", () =>
              open(row, hours ? { hours } : {}, " in opening hours"),
            )
          : rate(row.votesPerOpenHour),
      number: true,
      class: "extra",
      hint: "Votes per opening hour",
    },
    ...(compared
      ? [
          {
            name: "Against before",
            cell: (row: Row) =>
              verdict(row.previous, () => open(row, { otherDays: previousOf(data) }, ", the period before")),
            class: "change",
          },
        ]
      : []),
    { name: "Target", cell: row => statusPill(row.status), class: "status" },
  ];
  return table({
    caption: "Ranking of exhibitions",
    columns,
    rows,
    class: "ranking",
    rowClass: row => (row.enough ? "" : "unsure"),
  });
}

export const previousOf = ({ period }: Ratings): [string, string] => [period.previousFrom!, period.previousTo!];

function plain(rows: Row[], view: View, open: Open): HTMLElement {
  return table<Row>({
    caption: "How each exhibition is rated, as numbers",
    rows,
    columns: [
      { name: "Rank", cell: row => row.rank ?? "–", number: true },
      { name: "Exhibition", cell: row => exhibitionLink(row.publicId, row.name), head: true },
      { name: "Floor", cell: row => safe(row.floor) },
      { name: "Department", cell: row => safe(row.department) },
      { name: "Votes", cell: row => counted(row.votes, "show its votes", () => open(row)), number: true },
      { name: "Mean", cell: row => fixed(row.mean), number: true },
      { name: "Low", cell: row => fixed(row.low), number: true },
      { name: "High", cell: row => fixed(row.high), number: true },
      { name: "Drawn towards the museum's mean", cell: row => fixed(row.shrunk), number: true },
      ...(view.compare ? [{ name: "Against before", cell: (row: Row) => verdictText(row.previous) }] : []),
      { name: "Target", cell: row => row.status.replaceAll("-", " ") },
    ],
  });
}

function picture(rows: Row[], data: Ratings): Option {
  const best = bestOf(data.buttons);
  return colours => ({
    grid: { left: 230, right: 150, top: 30, bottom: 20 },
    xAxis: { type: "value", min: 0, max: best, position: "top", ...axisLook(colours) },
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
        data: rows.map((row, at) => [row.mean ?? 0, at]),
        renderItem: (params: { dataIndex: number }, api: { coord: (at: number[]) => number[] }) => {
          const row = rows[params.dataIndex]!;
          const at = (value: number): number => api.coord([value, params.dataIndex])[0] ?? 0;
          const y = api.coord([0, params.dataIndex])[1] ?? 0;
          const target = {
            type: "line",
            shape: { x1: at(data.target.mean), x2: at(data.target.mean), y1: y - 22, y2: y + 22 },
            style: { stroke: colours.muted, lineDash: [3, 3] },
          };
          const text = {
            type: "text",
            style: {
              text: row.votes ? `${fixed(row.mean)}  ·  ${plural(row.votes, "vote")}` : "no data",
              x: at(best) + 10,
              y,
              verticalAlign: "middle",
              fill: colours.ink,
              fontSize: 12,
            },
          };
          if (row.mean === null) return { type: "group", children: [target, text] };
          const span =
            row.low === null || row.high === null
              ? []
              : [
                  {
                    type: "line",
                    shape: { x1: at(row.low), x2: at(row.high), y1: y, y2: y },
                    style: { stroke: colours.accent, lineWidth: 3, opacity: 0.5 },
                  },
                ];
          return {
            type: "group",
            children: [
              target,
              ...span,
              {
                type: "circle",
                shape: { cx: at(row.mean), cy: y, r: 6 },
                style: row.enough
                  ? { fill: colours.accent }
                  : { fill: colours.paper, stroke: colours.accent, lineWidth: 2 },
              },
              text,
            ],
          };
        },
      },
    ],
  });
}
