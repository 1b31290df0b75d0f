// Charts take their colours from the style sheet, so that both themes and print have one source.
import { marks, place } from "../base/scale";

export interface Palette {
  paper: string;
  card: string;
  ink: string;
  muted: string;
  line: string;
  accent: string;
  alarm: string;
  quiet: string;
  ratings: (best: number) => string[];
  heat: [string, string];
  alarmHeat: [string, string];
}

export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: get("paper"),
    card: get("card"),
    ink: get("ink"),
    muted: get("muted"),
    line: get("line"),
    accent: get("accent"),
    alarm: get("alarm"),
    quiet: get("quiet"),
    ratings: best =>
      marks(best).map(rating => {
        const at = place(rating, best);
        const lower = Math.floor(at);
        return at === lower ? get(`r${lower}`) : mix(get(`r${lower}`), get(`r${lower + 1}`), at - lower);
      }),
    heat: [get("heat-0"), get("heat-1")],
    alarmHeat: [get("alarm-heat-0"), get("alarm-heat-1")],
  };
}

const channels = (hex: string): number[] => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));

/** Between two colours of the form #rrggbb, 0 to 1. */
export function mix(from: string, to: string, share: number): string {
  const [a, b] = [channels(from), channels(to)];
  return `#${a
    .map((value, at) =>
      Math.round(value + ((b[at] ?? value) - value) * share)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** Its luminance, 0 to 1, by WCAG 2. */
const brightness = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = channels(hex).map(value =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** Black or white, whichever is more readable on it: one of them has a contrast of at least 4.58 on any colour. */
export const inkOn = (hex: string): string => ((brightness(hex) + 0.05) ** 2 > 1.05 * 0.05 ? "#000000" : "#ffffff");
