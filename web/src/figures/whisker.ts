// A dot and its interval on a common axis, drawn as SVG in a table cell.
import { s } from "../base/dom";
import { colourOf } from "../base/scale";

export interface Axis {
  from: number;
  to: number;
  marks: number[];
  target?: number | undefined;
}

const share = (value: number, { from, to }: Axis): string =>
  `${(Math.min(1, Math.max(0, (value - from) / (to - from))) * 100).toFixed(2)}%`;

export function whisker(
  axis: Axis,
  mean: number | null,
  low: number | null,
  high: number | null,
  tone = "",
): SVGElement {
  const parts: SVGElement[] = axis.marks.map(mark =>
    s("line", { class: "mark", x1: share(mark, axis), x2: share(mark, axis), y1: 0, y2: "100%" }),
  );
  if (axis.target !== undefined)
    parts.push(
      s("line", { class: "target", x1: share(axis.target, axis), x2: share(axis.target, axis), y1: 0, y2: "100%" }),
    );
  if (low !== null && high !== null)
    parts.push(s("line", { class: "span", x1: share(low, axis), x2: share(high, axis), y1: "50%", y2: "50%" }));
  if (mean !== null) parts.push(s("circle", { class: "dot", cx: share(mean, axis), cy: "50%" }));
  return s(
    "svg",
    {
      class: `whisker ${tone}`,
      "aria-hidden": "true",
      focusable: "false",
    },
    ...parts,
  );
}

/** A change with its interval around zero. */
export function drift(
  most: number,
  change: number | null,
  low: number | null,
  high: number | null,
  tone: string,
): SVGElement {
  return whisker({ from: -most, to: most, marks: [], target: 0 }, change, low, high, `drift ${tone}`);
}

/** A bar relative to the maximum. */
export function bar(value: number, most: number, tone = ""): SVGElement {
  const width = most > 0 ? `${((value / most) * 100).toFixed(2)}%` : "0";
  return s(
    "svg",
    { class: `bar ${tone}`, "aria-hidden": "true", focusable: "false", width: "100%", height: 12 },
    s("rect", { class: "track", width: "100%", height: 12, rx: 3 }),
    s("rect", { class: "fill", width, height: 12, rx: 3 }),
  );
}

/**
 * The whole distribution in one line.
 * @param parts What each of them says, and what happens when somebody chooses one; their numbers are elsewhere too.
 */
export function stack(
  counts: number[],
  height = 14,
  parts?: { tip: (rating: number) => string; pick: (rating: number) => void },
): SVGElement {
  const total = counts.reduce((sum, n) => sum + n, 0);
  let at = 0;
  return s(
    "svg",
    { class: parts ? "stack pick" : "stack", "aria-hidden": "true", focusable: "false", width: "100%", height },
    ...counts.map((n, rating) => {
      const [x, width] = [at, total ? (n / total) * 100 : 0];
      at += width;
      const part = s(
        "rect",
        {
          x: `${x.toFixed(3)}%`,
          y: 0,
          width: `${Math.max(0, width - 0.25).toFixed(3)}%`,
          height,
          ...(parts ? { on: { click: () => parts.pick(rating) } } : {}),
        },
        parts ? s("title", {}, parts.tip(rating)) : null,
      );
      part.style.fill = colourOf(rating, counts.length - 1);
      return part;
    }),
  );
}
