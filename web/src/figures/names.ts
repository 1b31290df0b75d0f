// The names of lines at their right end, moved apart where they would cover each other.

import type { Palette } from "./palette";

export interface Named {
  name: string;
  /** Where the line ends. */
  at: number;
  value: number;
  strong?: boolean;
}

const step = 15;

export const names = (lines: Named[], colours: Palette, width: number): object => ({
  type: "custom",
  data: [0],
  silent: true,
  z: 5,
  renderItem: (
    params: { coordSys: { x: number; y: number; width: number; height: number } },
    api: { coord: (at: [number, number]) => [number, number] },
  ) => {
    const { x, y, width: wide, height } = params.coordSys;
    const places = lines
      .map(line => ({ ...line, from: api.coord([line.at, line.value]) }))
      .sort((a, b) => a.from[1] - b.from[1])
      .map(line => ({ ...line, y: line.from[1] }));
    for (let i = 1; i < places.length; i++) places[i]!.y = Math.max(places[i]!.y, places[i - 1]!.y + step);
    // What was pushed over the lower edge pushes back.
    for (let i = places.length - 1, low = y + height; i >= 0; i--, low -= step)
      places[i]!.y = Math.min(places[i]!.y, low);
    return {
      type: "group",
      children: places.flatMap(line => [
        {
          type: "line",
          shape: { x1: line.from[0], y1: line.from[1], x2: x + wide + 6, y2: line.y },
          style: { stroke: colours.line, lineWidth: 1 },
        },
        {
          type: "text",
          style: {
            text: line.name,
            x: x + wide + 10,
            y: line.y,
            verticalAlign: "middle",
            fill: line.strong ? colours.ink : colours.muted,
            fontFamily: "'Inter Variable', Inter, system-ui, sans-serif",
            fontSize: 12,
            fontWeight: line.strong ? 650 : 400,
            width: width - 12,
            overflow: "truncate",
          },
        },
      ]),
    };
  },
});

/** Where a line was last heard of. */
export function endOf(values: (number | null)[]): { at: number; value: number } | null {
  const at = values.findLastIndex(value => value !== null);
  return at < 0 ? null : { at, value: values[at]! };
}
