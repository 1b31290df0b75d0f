import type { Safety } from "../api/types";
import { h } from "../base/dom";
import { count, duration, plural, safe } from "../base/text";
import { point } from "../base/time";
import type { Behind, Part } from "../evidence/behind";
import { counted } from "../evidence/behind";
import { annotationList, marks, partOf } from "../figures/course";
import type { Figure } from "../figures/figure";
import { axisLook, tip } from "../figures/options";
import { table } from "../figures/table";

/** The outcomes. */
function outcomes({ outcomes = [], resolved = 0 }: Safety["response"], behind: Behind): HTMLElement | undefined {
  if (resolved === 0) return undefined;
  return h(
    "p",
    { class: "note" },
    "What they were: ",
    ...outcomes.flatMap(({ outcome, calls }, at) => [
      `${at ? ", " : ""}${safe(outcome ?? "not said")} `,
      counted(calls, "show these calls", () =>
        behind.calls(`Resolved: ${safe(outcome ?? "not said")}`, { answer: "resolved", outcome: outcome ?? "" }),
      ),
    ]),
    ".",
  );
}

export function showResponse(figure: Figure, { response, annotations }: Safety, csv: string, behind: Behind): void {
  const title = "How fast calls are answered";
  const weeks = response.weeks;
  const open = (week: (typeof weeks)[number], name: string, answer: Part["answer"] & string): void =>
    behind.calls(`${name}, ${point(week.week, true).toLowerCase()}`, { ...partOf(week.week), answer });
  if (response.answered + response.unanswered === 0)
    return figure.say(
      title,
      "No call came in live in this period. Response times are shown from the first call that somebody acknowledges.",
      csv,
    );
  figure.show({
    title,
    onPick: at => weeks[at] && open(weeks[at], "Calls", "any"),
    note: response.answered
      ? `Half of ${plural(response.answered, "answered call")} within ${duration(response.medianSeconds)}, nine of ten within ${duration(response.p90Seconds)}; ${count(response.unanswered)} not answered.`
      : `None of ${plural(response.unanswered, "call")} has been answered yet.`,
    csv,
    option: colours => ({
      grid: response.answered
        ? [
            { left: 54, right: 8, top: 16, height: 130 },
            { left: 54, right: 8, top: 172, height: 70 },
          ]
        : [
            { left: 54, right: 8, top: 0, height: 0, show: false },
            { left: 54, right: 8, top: 12, height: 70 },
          ],
      xAxis: [0, 1].map(gridIndex => ({
        type: "category",
        gridIndex,
        data: weeks.map(week => point(week.week)),
        ...axisLook(colours),
        splitLine: { show: false },
        axisLabel: { show: gridIndex === 1, color: colours.muted },
      })),
      yAxis: [
        {
          type: "value",
          gridIndex: 0,
          show: response.answered > 0,
          min: 0,
          splitNumber: 3,
          ...axisLook(colours),
          axisLine: { show: false },
          axisLabel: {
            color: colours.muted,
            fontSize: 11,
            formatter: (value: number) => (value < 60 ? `${value} s` : `${+(value / 60).toFixed(1)} min`),
          },
        },
        {
          type: "value",
          gridIndex: 1,
          splitNumber: 2,
          minInterval: 1,
          ...axisLook(colours),
          axisLine: { show: false },
        },
      ],
      tooltip: {
        ...tip(colours),
        trigger: "axis",
        axisPointer: { type: "line", lineStyle: { color: colours.muted } },
        formatter: (items: { dataIndex: number }[]) => {
          const week = weeks[items[0]?.dataIndex ?? 0]!;
          return `${point(week.week, true)}\nmedian ${duration(week.medianSeconds)}\n${count(week.answered)} answered, ${count(week.unanswered)} not`;
        },
      },
      series: [
        {
          type: "line",
          data: weeks.map(week => week.medianSeconds),
          symbol: "circle",
          symbolSize: 7,
          lineStyle: { width: 2.5, color: colours.accent },
          itemStyle: { color: colours.accent },
          emphasis: { disabled: true },
        },
        {
          type: "bar",
          xAxisIndex: 1,
          yAxisIndex: 1,
          stack: "calls",
          data: weeks.map(week => week.answered),
          barMaxWidth: 26,
          itemStyle: { color: colours.accent },
          emphasis: { disabled: true },
        },
        {
          type: "bar",
          xAxisIndex: 1,
          yAxisIndex: 1,
          stack: "calls",
          data: weeks.map(week => week.unanswered),
          barMaxWidth: 26,
          itemStyle: { color: colours.paper, borderColor: colours.alarm, borderWidth: 1.5, borderType: "dashed" },
          emphasis: { disabled: true },
        },
        {
          ...marks(
            annotations,
            weeks.map(week => week.week),
            "week",
            colours,
          ),
          ...(response.answered ? {} : { xAxisIndex: 1, yAxisIndex: 1 }),
        },
      ],
    }),
    height: response.answered ? 280 : 120,
    below: h("div", { class: "beneath" }, annotationList(annotations), outcomes(response, behind)),
    label: "Line of the median response by week, with bars of answered and unanswered (dashed) calls beneath.",
    table: () =>
      table<(typeof weeks)[number]>({
        caption: title,
        rows: weeks,
        columns: [
          { name: "Week", head: true, cell: week => point(week.week, true) },
          { name: "Median response", number: true, cell: week => duration(week.medianSeconds) },
          ...(
            [
              ["Answered", "answered"],
              ["Not answered", "unanswered"],
              ["Resolved", "resolved"],
            ] as const
          ).map(([name, answer]) => ({
            name,
            number: true,
            cell: (week: (typeof weeks)[number]) =>
              counted(week[answer], "show these calls", () => open(week, name, answer)),
          })),
          { name: "Median resolution", number: true, cell: week => duration(week.medianResolutionSeconds) },
        ],
      }),
  });
}
