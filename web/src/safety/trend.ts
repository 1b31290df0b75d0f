// Calls over time, and what happened meanwhile.

import type { SafetyTrend } from "../api/types";
import { count, plural, safe } from "../base/text";
import { point as pointText } from "../base/time";
import type { Behind } from "../evidence/behind";
import { ratedTypes } from "../evidence/behind";
import { annotationList, marks, partOf } from "../figures/course";
import type { Figure } from "../figures/figure";
import { axisLook, tip } from "../figures/options";
import { table } from "../figures/table";
import { allCalls, callColumns } from "./words";

type Point = SafetyTrend["points"][number];

export function showTrend(figure: Figure, data: SafetyTrend, csv: string, behind: Behind): void {
  const title = "How many calls came";
  const { points, names, by } = data;
  const all = points.reduce((sum, one) => sum + allCalls(one), 0);
  if (all === 0) return figure.say(title, "No calls for help in this period.", csv);
  const totals = { names, added: points[0]!.added };
  const most = points.reduce((a, b) => (allCalls(b) > allCalls(a) ? b : a));
  const open = (one: Point, name: string, types: number[]): void =>
    behind.calls(`${name}, ${pointText(one.point, true)}`, { ...partOf(one.point), types });
  const every = [...new Set([...ratedTypes(totals), ...totals.added.map(kind => kind.value)])];
  figure.show({
    title,
    note: `${plural(all, "call")} by ${by}; most: ${pointText(most.point, true)}, ${count(allCalls(most))}. Choose a bar to see its calls.`,
    csv,
    height: 240,
    onPick: at => points[at] && allCalls(points[at]) > 0 && open(points[at], "Calls", every),
    below: annotationList(data.annotations),
    label: `Bars of calls for help by ${by}. The table holds the values.`,
    option: colours => ({
      grid: { left: 42, right: 8, top: 18, bottom: 28 },
      xAxis: {
        type: "category",
        data: points.map(one => one.point),
        ...axisLook(colours),
        splitLine: { show: false },
        axisLabel: {
          color: colours.muted,
          fontSize: 12,
          formatter: (text: string) => pointText(text),
          hideOverlap: true,
        },
      },
      yAxis: { type: "value", minInterval: 1, splitNumber: 4, ...axisLook(colours), axisLine: { show: false } },
      tooltip: {
        ...tip(colours),
        trigger: "axis",
        axisPointer: { type: "none" },
        formatter: (items: { dataIndex: number }[]) => {
          const one = points[items[0]?.dataIndex ?? 0]!;
          return [
            pointText(one.point, true),
            `${safe(names.emergencies)}: ${count(one.emergencies)}`,
            `${safe(names.assistance)}: ${count(one.assistance)}`,
            ...one.added.filter(kind => !kind.emergency).map(kind => `${safe(kind.name)}: ${count(kind.presses)}`),
          ].join("\n");
        },
      },
      series: [
        {
          type: "bar",
          stack: "calls",
          barMaxWidth: 26,
          data: points.map(one => one.assistance),
          itemStyle: { color: colours.accent },
          emphasis: { disabled: true },
        },
        ...totals.added
          .filter(kind => !kind.emergency)
          .map(({ value }) => ({
            type: "bar" as const,
            stack: "calls",
            barMaxWidth: 26,
            data: points.map(one => one.added.find(kind => kind.value === value)?.presses ?? 0),
            itemStyle: { color: colours.quiet },
            emphasis: { disabled: true },
          })),
        {
          type: "bar",
          stack: "calls",
          barMaxWidth: 26,
          data: points.map(one => one.emergencies),
          itemStyle: { color: colours.alarm },
          emphasis: { disabled: true },
        },
        marks(
          data.annotations,
          points.map(one => one.point),
          by,
          colours,
        ),
      ],
    }),
    table: () =>
      table<Point>({
        caption: `${title}, by ${by}`,
        rows: points,
        columns: [
          {
            name: by === "hour" ? "Hour" : by === "week" ? "Week" : "Day",
            cell: one => pointText(one.point, true),
            head: true,
          },
          ...callColumns<Point>(totals, open),
        ],
      }),
  });
}
