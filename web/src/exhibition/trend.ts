// The course of one exhibition: its mean with the band of its intervals, its target, the whole museum, and the votes
// beneath.

import type { Exhibition } from "../api/types";
import { count, fixed, safe } from "../base/text";
import { point } from "../base/time";
import { counted } from "../evidence/behind";
import { annotationList, dot, marks, scaleOf } from "../figures/course";
import type { Figure, Option } from "../figures/figure";
import { endOf, names } from "../figures/names";
import { axisLook, tip } from "../figures/options";
import { table } from "../figures/table";

type Point = Exhibition["trend"]["points"][number];
type Annotation = Exhibition["annotations"][number];

export function showTrend(
  figure: Figure,
  data: Exhibition,
  csv: string,
  open: (point: Point) => void,
  remove: ((annotation: Annotation) => void) | undefined,
): void {
  const title = `How ${safe(data.rating.name)} went`;
  const { by, points } = data.trend;
  if (!points.some(one => one.votes)) return figure.say(title, "No votes in this period.", csv);
  const weak = points.filter(one => one.votes && !one.enough).length;
  figure.show({
    title,
    note: `Mean by ${by} with its interval; the band holds for all points together with 95 % confidence. ${weak ? `${weak === points.filter(one => one.votes).length ? "All" : count(weak)} points are hollow: too few votes to say anything. ` : ""}Choose a point to see its presses.`,
    csv,
    option: option(data),
    height: 380,
    label: `Line of the mean of ${safe(data.rating.name)} by ${by}. The table holds the values.`,
    onPick: at => points[at]?.votes && open(points[at]),
    below: annotationList(data.annotations, remove),
    table: () =>
      table<Point>({
        caption: `${title}, by ${by}`,
        rows: points.filter(one => one.votes),
        columns: [
          {
            name: by === "hour" ? "Hour" : by === "week" ? "Week" : "Day",
            cell: one => point(one.point, true),
            head: true,
          },
          { name: "Votes", number: true, cell: one => counted(one.votes, "show these presses", () => open(one)) },
          { name: "Mean", number: true, cell: one => fixed(one.mean) },
          { name: "Low", number: true, cell: one => fixed(one.low) },
          { name: "High", number: true, cell: one => fixed(one.high) },
          { name: "Whole museum", number: true, cell: one => fixed(one.museum) },
        ],
      }),
  });
}

function option(data: Exhibition): Option {
  const { best, by, points } = data.trend;
  const labels = points.map(one => one.point);
  const target = data.target.mean;
  return (colours, wide) => {
    const right = wide ? 130 : 12;
    const solid = points.filter(one => one.enough || points.every(other => !other.enough));
    const scale = scaleOf(
      [target, ...points.flatMap(one => [one.mean, one.museum]), ...solid.flatMap(one => [one.low, one.high])],
      best,
    );
    const clip = (value: number | null): number | null =>
      value === null ? null : Math.min(scale.max, Math.max(scale.min, value));
    const [own, all] = [endOf(points.map(one => one.mean)), endOf(points.map(one => one.museum))];
    return {
      grid: [
        { left: 38, right, top: 22, height: 226 },
        { left: 38, right, top: 284, height: 62 },
      ],
      xAxis: [0, 1].map(gridIndex => ({
        type: "category",
        gridIndex,
        data: labels,
        ...axisLook(colours),
        splitLine: { show: false },
        axisLabel: {
          show: gridIndex === 1,
          color: colours.muted,
          fontSize: 12,
          formatter: (text: string) => point(text),
          hideOverlap: true,
        },
      })),
      yAxis: [
        { type: "value", ...scale, interval: 0.5, ...axisLook(colours), axisLine: { show: false } },
        { type: "value", gridIndex: 1, splitNumber: 2, ...axisLook(colours), axisLine: { show: false } },
      ],
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      tooltip: {
        ...tip(colours),
        trigger: "axis",
        axisPointer: { type: "line", lineStyle: { color: colours.muted } },
        formatter: (items: { dataIndex: number }[]) => {
          const one = points[items[0]?.dataIndex ?? 0]!;
          if (!one.votes) return `${point(one.point, true)}\nnothing was heard`;
          return [
            point(one.point, true),
            `${fixed(one.mean)}${one.low === null ? "" : ` (${fixed(one.low)} to ${fixed(one.high)})`}, ${count(one.votes)} votes${one.enough ? "" : ": too few to say anything"}`,
            `Whole museum: ${fixed(one.museum)}`,
          ].join("\n");
        },
      },
      series: [
        {
          type: "line",
          stack: "band",
          data: points.map(one => clip(one.low)),
          symbol: "none",
          lineStyle: { opacity: 0 },
          silent: true,
        },
        {
          type: "line",
          stack: "band",
          data: points.map(one => (one.low === null ? null : clip(one.high)! - clip(one.low)!)),
          symbol: "none",
          lineStyle: { opacity: 0 },
          areaStyle: { color: colours.accent, opacity: 0.14 },
          silent: true,
        },
        {
          type: "line",
          data: points.map(() => target),
          symbol: "none",
          lineStyle: { color: colours.muted, width: 1.5, type: "dashed" },
          silent: true,
          z: 2,
        },
        {
          type: "line",
          data: points.map(one => one.museum),
          symbol: "none",
          lineStyle: { color: colours.quiet, width: 1.5 },
          silent: true,
          z: 2,
        },
        {
          type: "line",
          data: points.map(one => dot(one.mean, one.enough, colours, points.length < 60 ? 7 : 4)),
          showSymbol: true,
          showAllSymbol: true,
          symbol: "circle",
          lineStyle: { width: 2.5, color: colours.accent },
          emphasis: { disabled: true },
          z: 3,
        },
        marks(data.annotations, labels, by, colours),
        ...(wide && own && all
          ? [
              names(
                [
                  { name: safe(data.rating.name), ...own, strong: true },
                  { name: "Whole museum", ...all },
                  { name: `Target ${fixed(target)}`, at: points.length - 1, value: target },
                ],
                colours,
                right,
              ),
            ]
          : []),
        {
          type: "bar",
          xAxisIndex: 1,
          yAxisIndex: 1,
          data: points.map(one => one.votes),
          itemStyle: { color: colours.quiet, borderRadius: [2, 2, 0, 0] },
          barMaxWidth: 18,
          emphasis: { disabled: true },
        },
      ],
    };
  };
}
