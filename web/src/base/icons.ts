// All icons of the pages. Always decorative: the word is next to it.
import { s } from "./dom";
import { colourOf, place } from "./scale";

const icon = (...paths: SVGElement[]): SVGElement =>
  s("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" }, ...paths);
const line = (d: string): SVGElement =>
  s("path", {
    d,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.8,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
const solid = (d: string): SVGElement => s("path", { d, fill: "currentColor" });

export const icons = {
  museum: () =>
    icon(
      solid("M2 9 12 2.5l10 6.5H2Zm2.5 2h2.5v8H4.5v-8Zm6.25 0h2.5v8h-2.5v-8Zm6.25 0h2.5v8H17v-8ZM2 20.5h20V22.5H2v-2Z"),
    ),
  emergency: () =>
    icon(
      solid(
        "M12 2.2c.7 0 1.3.36 1.64.95l8.6 15c.72 1.26-.19 2.85-1.64 2.85H3.4c-1.45 0-2.36-1.59-1.64-2.85l8.6-15A1.9 1.9 0 0 1 12 2.2Zm-1.15 6.3.3 6h1.7l.3-6h-2.3ZM12 15.7a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4Z",
      ),
    ),
  assistance: () =>
    icon(
      line(
        "M7 11V5.5a1.5 1.5 0 0 1 3 0V11m0-1V4.2a1.5 1.5 0 0 1 3 0V11m0-.5V5.5a1.5 1.5 0 0 1 3 0V12m0-3a1.5 1.5 0 0 1 3 0v5.5c0 4-2.5 6.5-6.5 6.5-3.2 0-4.8-1.3-6.2-3.8L3.8 13.5c-.9-1.7 1.3-2.9 2.4-1.5L7 13",
      ),
    ),
  unreadable: () =>
    icon(
      line("M9.2 9.2a2.9 2.9 0 1 1 4.3 2.6c-1 .55-1.5 1.1-1.5 2.2M12 17.3v.1"),
      s("circle", {
        cx: 12,
        cy: 12,
        r: 9.5,
        fill: "none",
        stroke: "currentColor",
        "stroke-width": 1.6,
        "stroke-dasharray": "3 2.6",
      }),
    ),
  other: () => icon(line("M4 6h16v10H9l-4 3.5V16H4zM8 9.5h8M8 12.5h5")),
  clock: () =>
    icon(
      s("circle", { cx: 12, cy: 12, r: 9, fill: "none", stroke: "currentColor", "stroke-width": 1.8 }),
      line("M12 7v5.2l3.2 2"),
    ),
  check: () => icon(line("m4.5 12.5 5 5 10-11")),
  near: () => icon(line("M4 9.5c2.6-2.4 5.3-2.4 8 0s5.4 2.4 8 0M4 15.5c2.6-2.4 5.3-2.4 8 0s5.4 2.4 8 0")),
  below: () => icon(line("M12 4v15m-6-6 6 6 6-6")),
  up: () => icon(line("M12 20V5m-6 6 6-6 6 6")),
  dots: () =>
    icon(
      solid(
        "M5 10.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Zm7 0a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Zm7 0a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Z",
      ),
    ),
  empty: () =>
    icon(
      s("circle", { cx: 12, cy: 12, r: 8.5, fill: "none", stroke: "currentColor", "stroke-width": 1.8 }),
      line("M6 18 18 6"),
    ),
  equal: () => icon(line("M5 9.5h14M5 14.5h14")),
  table: () => icon(line("M3.5 5h17v14h-17zM3.5 10h17M3.5 14.5h17M10 5v14")),
  chart: () => icon(line("M4 4v16h16M8 16v-4m4 4V8m4 8v-6")),
  download: () => icon(line("M12 4v11m-5-4.5 5 5 5-5M4.5 20h15")),
  sun: () =>
    icon(
      s("circle", { cx: 12, cy: 12, r: 4, fill: "none", stroke: "currentColor", "stroke-width": 1.8 }),
      line("M12 2.5v2.5m0 14v2.5M2.5 12H5m14 0h2.5M5.3 5.3 7 7m10 10 1.7 1.7m0-13.4L17 7M7 17l-1.7 1.7"),
    ),
  moon: () => icon(line("M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z")),
  screen: () => icon(line("M3 5h18v12H3zM8.5 20.5h7")),
  soundOn: () => icon(line("M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9a4 4 0 0 1 0 6m2.5-8.5a7.5 7.5 0 0 1 0 11")),
  soundOff: () => icon(line("M4 9.5h3.5L12 5.5v13l-4.5-4H4zM16 9.5l5 5m0-5-5 5")),
  pause: () => icon(solid("M7 5h3.5v14H7zM13.5 5H17v14h-3.5z")),
  play: () => icon(solid("M7.5 4.5v15l12-7.5z")),
  close: () => icon(line("m6 6 12 12M18 6 6 18")),
  calendar: () => icon(line("M4 6h16v14H4zM4 10.5h16M8 3.5v4m8-4v4")),
  walk: () =>
    icon(
      s("circle", { cx: 13, cy: 4.5, r: 2, fill: "currentColor" }),
      line("m12.5 9-1 5 3 3 1 4.5M11.5 14 9 21.5M12.5 9 9 11l-1 3.5M12.5 9l2.5 3 3 1"),
    ),
};

const mouths = [
  "M7.5 17.2c2-3.4 7-3.4 9 0",
  "M8 16.3c1.9-1.9 6.1-1.9 8 0",
  "M8 15.5h8",
  "M8 14.6c1.9 1.9 6.1 1.9 8 0",
  "M7 13.6c1.7 4.8 8.3 4.8 10 0z",
];

/** The face of a kiosk's button: five were drawn; a longer scale uses them in its own colours. */
export function smiley(rating: number, best: number): SVGElement {
  const drawn = Math.round(place(rating, best));
  const face = s("circle", { cx: 12, cy: 12, r: 10.5, class: "face" });
  if (place(rating, best) !== drawn) face.style.fill = colourOf(rating, best);
  return s(
    "svg",
    { viewBox: "0 0 24 24", class: `icon smiley r${drawn}`, "aria-hidden": "true", focusable: "false" },
    face,
    s("circle", { cx: 8.5, cy: 9.7, r: 1.35, class: "eye" }),
    s("circle", { cx: 15.5, cy: 9.7, r: 1.35, class: "eye" }),
    s("path", { d: mouths[drawn] ?? mouths[2], class: drawn === 4 ? "mouth open" : "mouth" }),
  );
}
