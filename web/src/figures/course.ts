// What every picture of a course over time has: its own scale, hollow points where there are few votes, and what
// happened meanwhile.

import type { Annotation } from "../api/types";
import { h } from "../base/dom";
import { safe } from "../base/text";
import { dayText } from "../base/time";
import type { Part } from "../evidence/behind";
import type { Palette } from "./palette";

/** From just below the lowest to just above the highest of these, in halves of a point. */
export function scaleOf(values: (number | null)[], best: number): { min: number; max: number } {
  const known = values.filter(value => value !== null);
  const [low, high] = [Math.min(best, ...known), Math.max(0, ...known)];
  const min = Math.max(0, Math.floor((low - 0.1) * 2) / 2);
  const max = Math.min(best, Math.ceil((high + 0.1) * 2) / 2);
  return max - min < 1 ? { min: Math.max(0, max - 1), max: Math.max(1, max) } : { min, max };
}

/** A point with few votes is hollow: its place is mostly luck. */
export const dot = (value: number | null, enough: boolean, colours: Palette, size: number): object => ({
  value,
  symbolSize: enough ? size : Math.max(size, 7),
  itemStyle: enough
    ? { color: colours.accent }
    : { color: colours.paper, borderColor: colours.accent, borderWidth: 1.5 },
});

/** The ISO week of a day, as the points name it. */
function weekOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  // Thursday decides which year a week belongs to.
  date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const first = Date.UTC(date.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((date.getTime() - first) / 86_400_000 + 1) / 7);
  return `${date.getUTCFullYear()}-W${String(week).padStart(2, "0")}`;
}

/** Monday and Sunday of an ISO week. */
function daysOfWeek(week: string): [string, string] {
  const [year = 0, number = 0] = week.split("-W").map(Number);
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = Date.UTC(year, 0, 4 - ((fourth.getUTCDay() || 7) - 1) + (number - 1) * 7);
  const text = (time: number): string => new Date(time).toISOString().slice(0, 10);
  return [text(monday), text(monday + 6 * 86_400_000)];
}

/** The days and the hour of a point. */
export function partOf(point: string): Pick<Part, "days" | "hours"> {
  if (point.includes("W")) return { days: daysOfWeek(point) };
  const day = point.slice(0, 10);
  return { days: [day, day], ...(point.length > 10 ? { hours: [Number(point.slice(11, 13))] } : {}) };
}

/** A numbered line for each day on which something happened. */
export const marks = (annotations: Annotation[], points: string[], by: string, colours: Palette): object => {
  const lines = daysIn(annotations)
    .map((day, number) => ({ number: number + 1, at: placeOf(day, points, by) }))
    .filter(line => line.at >= 0);
  return {
    type: "custom",
    data: lines.map(line => [line.at, 0]),
    silent: true,
    z: 4,
    renderItem: (
      params: { dataIndex: number; coordSys: { y: number; height: number } },
      api: { coord: (at: [number, number]) => [number, number] },
    ) => {
      const line = lines[params.dataIndex]!;
      const [x] = api.coord([line.at, 0]);
      const { y, height } = params.coordSys;
      return {
        type: "group",
        children: [
          {
            type: "line",
            shape: { x1: x, y1: y, x2: x, y2: y + height },
            style: { stroke: colours.muted, lineWidth: 1, lineDash: [2, 3] },
          },
          { type: "circle", shape: { cx: x, cy: y, r: 8 }, style: { fill: colours.muted } },
          {
            type: "text",
            style: {
              text: String(line.number),
              x,
              y,
              align: "center",
              verticalAlign: "middle",
              fill: colours.paper,
              fontSize: 11,
              fontWeight: 650,
            },
          },
        ],
      };
    },
  };
};

const daysIn = (annotations: Annotation[]): string[] => [...new Set(annotations.map(one => one.day))].sort();

const placeOf = (day: string, points: string[], by: string): number =>
  points.findIndex(point => (by === "week" ? point === weekOf(day) : point.startsWith(day)));

/** The same in words, beneath. */
export function annotationList(
  annotations: Annotation[],
  remove?: (annotation: Annotation) => void,
): HTMLElement | undefined {
  if (annotations.length === 0) return undefined;
  const days = daysIn(annotations);
  return h(
    "ol",
    { class: "annotations", "aria-label": "What happened" },
    ...[...annotations]
      .sort((a, b) => a.day.localeCompare(b.day))
      .map(one =>
        h(
          "li",
          {},
          h("i", { "aria-hidden": "true" }, String(days.indexOf(one.day) + 1)),
          h("time", { datetime: one.day }, dayText(one.day)),
          h("bdi", {}, safe(one.text)),
          h("small", {}, `${one.publicId === null ? "whole museum, " : ""}${safe(one.who)}`),
          remove
            ? h(
                "button",
                {
                  type: "button",
                  class: "tool",
                  "aria-label": `Remove: ${safe(one.text)}`,
                  on: { click: () => remove(one) },
                },
                "Remove",
              )
            : null,
        ),
      ),
  );
}
