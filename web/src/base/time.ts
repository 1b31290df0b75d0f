// Times are shown in the museum's own zone, whatever the browser's is.
import { h } from "./dom";
import { duration, none } from "./text";

let zone = "UTC";
let offset = 0;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${zone}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone })));
  return found;
}

export const setZone = (name: string): void => void (zone = name);

/** "Ago" is relative to the server's clock. */
export const setServerTime = (instant: string): void => void (offset = Date.parse(instant) - Date.now());

export const now = (): number => Date.now() + offset;

export const clock = (instant: string | number): string =>
  format("clock", { hour: "2-digit", minute: "2-digit" }).format(new Date(instant));

const sameDay = (a: Date, b: Date): boolean => {
  const day = format("day", { year: "numeric", month: "2-digit", day: "2-digit" });
  return day.format(a) === day.format(b);
};

/** "14:02:11" today, "Mon 6 Mar, 14:02" this year, "6 Mar 2023, 14:02" before. */
export function when(instant: string | null): string {
  if (instant === null) return none;
  const [at, today] = [new Date(instant), new Date(now())];
  if (sameDay(at, today)) return format("second", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
  return at.getUTCFullYear() === today.getUTCFullYear()
    ? format("recent", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(
        at,
      )
    : format("old", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(at);
}

export function ago(instant: string | null): string {
  if (instant === null) return none;
  const seconds = (now() - Date.parse(instant)) / 1000;
  if (seconds < 5) return "just now";
  return `${duration(seconds < 60 ? seconds : Math.floor(seconds / 60) * 60)} ago`;
}

/** A time whose words keep counting; see tick. */
export const relative = (instant: string, words: "ago" | "for" = "ago"): HTMLElement => {
  const element = h("time", { datetime: instant, title: when(instant), class: "relative", "data-words": words });
  tell(element);
  return element;
};

function tell(element: HTMLTimeElement): void {
  const instant = element.dateTime;
  const text =
    element.dataset["words"] === "for"
      ? duration(Math.floor((now() - Date.parse(instant)) / 60000) * 60 || (now() - Date.parse(instant)) / 1000)
      : ago(instant);
  if (element.textContent !== text) element.textContent = text;
}

export const tick = (): void => document.querySelectorAll<HTMLTimeElement>("time.relative").forEach(tell);

// Local days and hours come as text and are shown as text: no zone can shift them.
const utc = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
const dayMonth = utc({ day: "numeric", month: "short" });
const dayLong = utc({ weekday: "short", day: "numeric", month: "short", year: "numeric" });

/** A point of a trend: "2023-03-06T09:00", "2023-03-06" or "2023-W10". */
export function point(text: string, long = false): string {
  const week = /^(\d{4})-W(\d{2})$/.exec(text);
  if (week) return long ? `Week ${Number(week[2])} of ${week[1]}` : `W${Number(week[2])} ’${week[1]!.slice(2)}`;
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const hour = text.length > 10 ? text.slice(11, 16) : null;
  if (long) return hour ? `${dayLong.format(day)}, ${hour}` : dayLong.format(day);
  return hour ? (hour === "00:00" ? dayMonth.format(day) : `${dayMonth.format(day)} ${hour}`) : dayMonth.format(day);
}

export const dayText = (day: string): string =>
  utc({ day: "numeric", month: "short", year: "numeric" }).format(new Date(`${day}T00:00:00Z`));

export function span(from: string, to: string): string {
  return from === to ? dayText(from) : `${dayText(from)} – ${dayText(to)}`;
}

/** The current period is not over yet, and is compared with whole days. */
export const soFar = ({ generatedAt, timeZone, to }: { generatedAt: string; timeZone: string; to: string }): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    new Date(generatedAt),
  ) <= to
    ? " so far"
    : "";

const longDays = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];

/** For example: Mondays, 10:00 to 12:00. */
export function hoursText(weekday: number | null, hours: readonly number[]): string {
  const sorted = [...hours].sort((a, b) => a - b);
  const runs = sorted
    .filter((hour, at) => sorted[at - 1] !== hour - 1)
    .map(first => [first, first + 1] as [number, number]);
  for (const run of runs) while (sorted.includes(run[1])) run[1]++;
  return [
    weekday ? longDays[weekday - 1] : "",
    runs.map(([from, to]) => `${hourText(from)} to ${hourText(to)}`).join(" and "),
  ]
    .filter(Boolean)
    .join(", ");
}

export const hourText = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;
export const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
