// Hours of the day as bars and cells. An hour in which the museum is open for fifteen minutes has few presses, and its
// rate is mostly luck: it is merged with the hour beside it, and the chart says from when to when.
import { hourText } from "./time";

export interface Part {
  hour: number;
  openHours: number;
}

/** One column of a chart: an hour, or one merged with a short one before or after it. */
export interface Column {
  hours: number[];
  from: string;
  to: string;
  open: boolean;
}

/** An hour with less than this share of the longest hour is short. */
const short = 0.5;

/**
 * @param parts Of any floor or weekday: what counts is how long each hour was open in all.
 * @param opens As the museum says it, HH:mm, and when it closes.
 */
export function columns(parts: readonly Part[], opens = "", closes = ""): Column[] {
  const open = new Map<number, number>();
  for (const { hour, openHours } of parts) open.set(hour, (open.get(hour) ?? 0) + openHours);
  const hours = [...open.keys()].sort((a, b) => a - b);
  const whole = Math.max(...open.values(), 0) * short;
  const found: Column[] = hours.map(hour => ({
    hours: [hour],
    from: hourText(hour),
    to: hourText(hour + 1),
    open: (open.get(hour) ?? 0) > 0,
  }));
  const isShort = (column: Column): boolean => column.open && column.hours.every(hour => open.get(hour)! < whole);
  for (let at = 0; at < found.length; at++) {
    const column = found[at]!;
    if (!isShort(column)) continue;
    const beside = [found[at + 1], found[at - 1]].find(
      (other): other is Column =>
        other?.open === true &&
        !isShort(other) &&
        Math.min(...other.hours.map(hour => Math.abs(hour - column.hours[0]!))) === 1,
    );
    if (!beside) continue;
    beside.hours = [...beside.hours, ...column.hours].sort((a, b) => a - b);
    found.splice(at--, 1);
  }
  for (const column of found) {
    const [first, last] = [column.hours[0]!, column.hours.at(-1)!];
    column.from = Number(opens.slice(0, 2)) === first && column.open ? opens.slice(0, 5) : hourText(first);
    column.to = Number(closes.slice(0, 2)) === last && column.open ? closes.slice(0, 5) : hourText(last + 1);
  }
  return found;
}

/** The hours in which a museum is open, by its clock; undefined where those are all. */
export function openHours(opens = "", closes = ""): number[] | undefined {
  const [first, last] = [Number(opens.slice(0, 2)), Number(closes.slice(0, 2)) + (closes.slice(3, 5) > "00" ? 1 : 0)];
  const hours = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  return hours.length === 0 || hours.length === 24 ? undefined : hours;
}

/** A short label for an axis: the hour, or from when to when. */
export const shortName = ({ from, to, hours }: Column): string =>
  hours.length === 1 ? from.slice(0, 2) : `${trim(from)}–${trim(to)}`;
export const longName = ({ from, to }: Column): string => `${from} to ${to}`;
const trim = (time: string): string => (time.endsWith(":00") ? time.slice(0, 2) : time);

/** The presses of these hours divided by the opening time in them; hours in which the museum is closed are left out. */
export function ratio(presses: number, openHours: number): number | null {
  return openHours > 0 ? presses / openHours : null;
}
