// Options of charts that more than one page draws.

import type { Option } from "./figure";
import type { Palette } from "./palette";
import { inkOn, mix } from "./palette";

export const axisLook = (colours: Palette) => ({
  axisLine: { lineStyle: { color: colours.line } },
  axisTick: { show: false },
  axisLabel: { color: colours.muted, fontSize: 12 },
  splitLine: { lineStyle: { color: colours.line, width: 1 } },
});

export interface Cell {
  x: number;
  y: number;
  value: number | null;
  text: string;
  tip: string;
  hatched?: boolean;
  /** Others are chosen. */
  faint?: boolean;
}

/** Rows by columns; the more, the darker; every cell with its number. */
export function heat(columns: string[], rows: string[], cells: Cell[], alarm = false): Option {
  const most = Math.max(0, ...cells.map(cell => cell.value ?? 0));
  return colours => {
    const [low, high] = alarm ? colours.alarmHeat : colours.heat;
    const fill = (value: number | null): string =>
      value === null ? "transparent" : mix(low, high, most ? Math.sqrt(value / most) : 0);
    const labels = Math.min(110, 20 + 7.5 * Math.max(...rows.map(row => row.length)));
    return {
      grid: { left: labels, right: 4, top: columns.some(name => name.includes("–")) ? 40 : 26, bottom: 4 },
      xAxis: {
        type: "category",
        data: columns,
        position: "top",
        ...axisLook(colours),
        axisLine: { show: false },
        splitLine: { show: false },
        // Of two that overlap one is left out: rather the one beside the first or the last, which say from when to
        // when. An interval of 0 would show all of them.
        axisLabel: {
          color: colours.muted,
          fontSize: 11,
          formatter: (name: string) => name.replace("–", "–\n"),
          interval: () => true,
          hideOverlap: true,
          showMinLabel: true,
          showMaxLabel: true,
        },
      },
      yAxis: {
        type: "category",
        data: rows,
        inverse: true,
        ...axisLook(colours),
        axisLine: { show: false },
        splitLine: { show: false },
        axisLabel: { color: colours.ink, fontSize: 12, width: labels - 8, overflow: "truncate" },
      },
      tooltip: { ...tip(colours), formatter: ({ dataIndex }: { dataIndex: number }) => cells[dataIndex]?.tip ?? "" },
      series: [
        {
          type: "custom",
          data: cells.map(cell => [cell.x, cell.y]),
          renderItem: (
            params: { dataIndex: number },
            api: { coord: (at: number[]) => number[]; size: (of: number[]) => number[] },
          ) => {
            const cell = cells[params.dataIndex]!;
            const [[x = 0, y = 0], [w = 0, height = 0]] = [api.coord([cell.x, cell.y]), api.size([1, 1])];
            const colour = fill(cell.value);
            const box = {
              x: x - w / 2 + 1,
              y: y - height / 2 + 1,
              width: Math.max(1, w - 2),
              height: Math.max(1, height - 2),
              r: 3,
            };
            return {
              type: "group",
              children: [
                {
                  type: "rect",
                  shape: box,
                  style: {
                    ...(cell.value === null ? { fill: "transparent", stroke: colours.line } : { fill: colour }),
                    opacity: cell.faint ? 0.3 : 1,
                  },
                },
                ...(cell.hatched ? hatch(box, colours.muted) : []),
                {
                  type: "text",
                  style: {
                    text: w > 6.4 * cell.text.length + 2 ? cell.text : "",
                    x,
                    y,
                    align: "center",
                    verticalAlign: "middle",
                    fill: cell.value === null || cell.faint ? colours.muted : inkOn(colour),
                    fontSize: 11,
                  },
                  silent: true,
                },
              ],
            };
          },
        },
      ],
    };
  };
}

/** Hatching over what is in no rate. */
function hatch(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  stroke: string,
): object[] {
  const lines: object[] = [];
  for (let from = -height; from < width; from += 7) {
    const [x1, x2] = [Math.max(0, from), Math.min(width, from + height)];
    lines.push({
      type: "line",
      silent: true,
      shape: { x1: x + x1, y1: y + height - (x1 - from), x2: x + x2, y2: y + height - (x2 - from) },
      style: { stroke, lineWidth: 1, opacity: 0.6 },
    });
  }
  return lines;
}

export const tip = (colours: Palette) => ({
  renderMode: "richText",
  confine: true,
  backgroundColor: colours.card,
  borderColor: colours.line,
  borderWidth: 1,
  padding: [8, 12],
  textStyle: { color: colours.ink, fontSize: 13, lineHeight: 19 },
});
