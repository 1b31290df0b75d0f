// Numbers and foreign texts as people read them.

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

export const none = "–";

export const count = (n: number | null | undefined): string => (n === null || n === undefined ? none : whole.format(n));

export function fixed(x: number | null | undefined, digits = 2): string {
  if (x === null || x === undefined) return none;
  return new Intl.NumberFormat("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .format(x)
    .replace("-", "−");
}

export function signed(x: number | null | undefined, digits = 2): string {
  if (x === null || x === undefined) return none;
  const text = fixed(Math.abs(x), digits);
  if (Number(Math.abs(x).toFixed(digits)) === 0) return `±${text}`;
  return (x > 0 ? "+" : "−") + text;
}

export const percent = (x: number | null | undefined, digits = 0): string =>
  x === null || x === undefined ? none : `${fixed(x * 100, digits)} %`;

/** A rate per hour, with only the digits that matter. */
export function rate(x: number | null | undefined): string {
  if (x === null || x === undefined) return none;
  return fixed(x, x === 0 ? 0 : x >= 10 ? 1 : x >= 0.1 ? 2 : 3);
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** Seconds as the one or two units that matter. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return none;
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return `${total} s`;
  if (total < 3600)
    return total < 600 && total % 60
      ? `${Math.floor(total / 60)} min ${total % 60} s`
      : `${Math.round(total / 60)} min`;
  if (total < 86400) return `${Math.floor(total / 3600)} h ${Math.floor((total % 3600) / 60)} min`;
  return plural(Math.floor(total / 86400), "day");
}

// Characters that move, hide or colour their neighbours: shown by their number instead.
const unsafe =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A foreign text, made unable to affect the page around it. */
export const safe = (text: string | null | undefined): string =>
  text === null || text === undefined
    ? ""
    : text.replace(unsafe, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const floorName = (floor: string): string => (/^\d+$/.test(floor) ? `Floor ${floor}` : safe(floor));
