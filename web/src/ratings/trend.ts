// Ratings over time: with gaps where there was no vote, and the number of votes below, so that a peak from three votes
// is recognised.

import type { Trend } from "../api/types";
import { h } from "../base/dom";
import { count, fixed, safe } from "../base/text";
import { point } from "../base/time";
import type { Behind } from "../evidence/behind";
import { counted } from "../evidence/behind";
import { annotationList, dot, marks, partOf, scaleOf } from "../figures/course";
import type { Figure, Option } from "../figures/figure";
import { endOf, names } from "../figures/names";
import { axisLook, tip } from "../figures/options";
import { table } from "../figures/table";
import type { Context } from "../shell/context";
import { museumOf } from "../shell/context";
import type { View } from "../shell/state";
import { canBeByHour } from "../shell/state";

/** By which step a trend goes. */
export function stepChoice({ router }: Context): HTMLElement {
  const by = h(
    "select",
    { "aria-label": "Trend by", on: { change: () => router.go({ by: by.value }) } },
    ...[
      ["", "step that fits"],
      ["hour", "by hour"],
      ["day", "by day"],
      ["week", "by week"],
    ].map(([value, name]) => h("option", { value }, name)),
  );
  const choose = (view: View): void => {
    by.options[1]!.disabled = !canBeByHour(view);
    by.value = view.by === "hour" && !canBeByHour(view) ? "" : view.by;
  };
  choose(router.view);
  router.onChange(choose);
  return by;
}

export function trendControls(context: Context): HTMLElement {
  const { router } = context;
  const focus = h("select", {
    "aria-label": "Exhibition to highlight",
    on: { change: () => router.go({ focus: focus.value }) },
  });
  const choose = (view: View): void => {
    const exhibitions = museumOf(context)?.exhibitions ?? [];
    focus.replaceChildren(
      h("option", { value: "" }, "whole museum"),
      ...exhibitions.map(exhibition => h("option", { value: exhibition.publicId }, safe(exhibition.name))),
    );
    focus.value = view.focus;
  };
  choose(router.view);
  router.onChange(choose);
  return h("span", { class: "choices" }, focus, stepChoice(context));
}

export function showTrend(figure: Figure, data: Trend, view: View, csv: string, behind: Behind): void {
  const focused = data.series.find(series => series.publicId === (view.focus || "all")) ?? data.series[0];
  const title = focused && focused.publicId !== "all" ? `How ${safe(focused.name)} went` : "How ratings went";
  const heard = focused?.votes.some(votes => votes !== null && votes > 0);
  if (!focused || !heard) return figure.say(title, "No votes in this period.", csv);
  const open = (at: number): void =>
    behind.votes(`${focused.publicId === "all" ? "Votes" : safe(focused.name)}, ${point(data.points[at]!, true)}`, {
      ...(focused.publicId === "all" ? {} : { exhibition: focused.publicId }),
      ...partOf(data.points[at]!),
    });
  figure.show({
    title,
    note: `Mean rating by ${data.by}, with the number of votes beneath. The line breaks where nothing was heard; a hollow point has fewer than ${few} votes; the thin lines are the exhibitions. Choose a point to see its votes.`,
    onPick: at => focused.votes[at] && open(at),
    csv,
    option: option(data, focused),
    height: 360,
    below: annotationList(data.annotations),
    label: `Line of the mean by ${data.by}, from ${range(data, focused)}. The table holds the values.`,
    table: () =>
      table<number>({
        caption: `${title}, by ${data.by}`,
        rows: data.points.map((_, at) => at),
        columns: [
          {
            name: data.by === "hour" ? "Hour" : data.by === "week" ? "Week" : "Day",
            cell: at => point(data.points[at] ?? "", true),
            head: true,
          },
          {
            name: "Votes",
            number: true,
            cell: at => counted(focused.votes[at], "show these votes", () => open(at)),
          },
          ...[focused, ...data.series.filter(series => series !== focused)].map(series => ({
            name: series.publicId === "all" ? "Whole museum" : safe(series.name),
            number: true,
            cell: (at: number) => fixed(series.mean[at]),
          })),
        ],
      }),
  });
}

function range(data: Trend, { mean }: Trend["series"][number]): string {
  const known = mean.filter(value => value !== null);
  return `${point(data.points[0] ?? "", true)} to ${point(data.points.at(-1) ?? "", true)}, between ${fixed(Math.min(...known))} and ${fixed(Math.max(...known))}`;
}

/** Fewer votes say too little: the same number as in the ranking's "not enough data". */
const few = 20;

/** A point without neighbours has no line to be seen by. */
const alone = (mean: (number | null)[], at: number): boolean =>
  (mean[at - 1] ?? null) === null && (mean[at + 1] ?? null) === null;

/** What lies beyond the scale of the picture is drawn at its edge; the table has it as it is. */
const clip = (value: number, { min, max }: { min: number; max: number }): number => Math.min(max, Math.max(min, value));

function option(data: Trend, focused: Trend["series"][number]): Option {
  const others = data.series.filter(series => series !== focused);
  const scale = scaleOf(
    data.series.flatMap(series => series.mean.filter((_, at) => series.enough[at] || series === focused)),
    data.best,
  );
  const right = 150;
  const title = (series: Trend["series"][number]): string =>
    series.publicId === "all" ? "Whole museum" : safe(series.name);
  return (colours, wide) => ({
    grid: [
      { left: 34, right: wide ? right : 12, top: 18, height: 216 },
      { left: 34, right: wide ? right : 12, top: 258, height: 66 },
    ],
    xAxis: [0, 1].map(gridIndex => ({
      type: "category",
      gridIndex,
      data: data.points,
      ...axisLook(colours),
      splitLine: { show: false },
      boundaryGap: true,
      axisLabel: {
        show: gridIndex === 1,
        color: colours.muted,
        fontSize: 12,
        formatter: (text: string) => point(text),
        hideOverlap: true,
      },
    })),
    yAxis: [
      {
        type: "value",
        gridIndex: 0,
        ...scale,
        interval: 0.5,
        ...axisLook(colours),
        axisLine: { show: false },
      },
      {
        type: "value",
        gridIndex: 1,
        splitNumber: 2,
        ...axisLook(colours),
        axisLine: { show: false },
        axisLabel: {
          color: colours.muted,
          fontSize: 11,
          formatter: (value: number) => (value >= 1000 ? `${value / 1000}k` : String(value)),
        },
      },
    ],
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    tooltip: {
      ...tip(colours),
      trigger: "axis",
      axisPointer: { type: "line", lineStyle: { color: colours.muted } },
      formatter: (items: { dataIndex: number }[]) => {
        const at = items[0]?.dataIndex ?? 0;
        const named = (series: Trend["series"][number]): string =>
          `${series.publicId === "all" ? "Whole museum" : safe(series.name)}: ${fixed(series.mean[at])}`;
        return [
          point(data.points[at] ?? "", true),
          `${named(focused)} (${count(focused.votes[at] ?? 0)} votes)`,
          ...(wide ? others.filter(series => series.mean[at] !== null).map(named) : []),
        ].join("\n");
      },
    },
    series: [
      ...others.map(series => ({
        type: "line",
        data: series.mean.map(value => (value === null ? null : clip(value, scale))),
        showAllSymbol: true,
        symbol: "circle",
        symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) => (alone(series.mean, dataIndex) ? 4 : 0),
        lineStyle: { width: 1, color: colours.quiet },
        itemStyle: { color: colours.quiet },
        emphasis: { disabled: true },
        z: 1,
      })),
      {
        type: "line",
        data: focused.mean.map((value, at) =>
          dot(value, focused.enough[at] ?? false, colours, data.points.length < 60 || alone(focused.mean, at) ? 6 : 0),
        ),
        showSymbol: true,
        showAllSymbol: true,
        symbol: "circle",
        lineStyle: { width: 2.5, color: colours.accent },
        emphasis: { disabled: true },
        z: 3,
      },
      marks(data.annotations, data.points, data.by, colours),
      ...(wide
        ? [
            names(
              [focused, ...others].flatMap(series => {
                const end = endOf(series.mean.map(value => (value === null ? null : clip(value, scale))));
                return end ? [{ name: title(series), ...end, strong: series === focused }] : [];
              }),
              colours,
              right,
            ),
          ]
        : []),
      {
        type: "bar",
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: focused.votes,
        itemStyle: { color: colours.quiet, borderRadius: [2, 2, 0, 0] },
        barMaxWidth: 18,
        emphasis: { disabled: true },
      },
    ],
  });
}
