// What the page shows is in its address: a link, the back button and a bookmark all restore it.

import { base } from "../base/place";

export type PageName = "ratings" | "safety" | "floors" | "data" | "all" | "exhibition";

export interface View {
  page: PageName;
  museum: string;
  range: string;
  from: string;
  to: string;
  exhibition: string[];
  floor: string[];
  department: string[];
  /** 1 for Monday to 7 for Sunday; empty: every day. */
  weekday: string;
  /** By the museum's clock, 0 to 23; none: the whole day. */
  hour: string[];
  compare: boolean;
  excludeRepeats: boolean;
  by: string;
  focus: string;
  /** What colours mean on the floors: ratings, or calls. */
  colour: string;
  tv: boolean;
  reason: string;
  site: string;
  state: string;
  help: boolean;
}

const pages: PageName[] = ["ratings", "safety", "floors", "data", "all", "exhibition"];
const ranges = ["today", "7d", "28d", "all"];

/** A real day: 30 February is not one. */
function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

export function read(url: URL): View {
  const q = url.searchParams;
  const name = url.pathname.slice(base.length + 1) as PageName;
  const text = (key: string): string => q.get(key) ?? "";
  const flag = (key: string, otherwise = false): boolean => (q.has(key) ? q.get(key) === "1" : otherwise);
  // One alone means that day; in the wrong order they are swapped, as in the form.
  const days = [text("from"), text("to")].filter(isDay).sort();
  const custom = days.length > 0;
  return {
    page: pages.includes(name) ? name : "ratings",
    museum: text("museum"),
    range: custom ? "custom" : ranges.includes(text("range")) ? text("range") : "28d",
    from: days[0] ?? "",
    to: days.at(-1) ?? "",
    exhibition: q.getAll("exhibition"),
    floor: q.getAll("floor"),
    department: q.getAll("department"),
    weekday: /^[1-7]$/.test(text("weekday")) ? text("weekday") : "",
    hour: q.getAll("hour").filter(hour => /^(1?\d|2[0-3])$/.test(hour)),
    compare: flag("compare", true),
    excludeRepeats: flag("excludeRepeats"),
    by: ["hour", "day", "week"].includes(text("by")) ? text("by") : "",
    focus: text("focus"),
    colour: text("colour") === "calls" ? "calls" : "",
    tv: flag("tv"),
    reason: text("reason"),
    site: text("site"),
    state: text("state") === "replayed" ? "replayed" : "held",
    help: flag("help"),
  };
}

const longestByHour = 92;

/** Hours of more days than this make no readable chart, and the server refuses them. */
export const canBeByHour = (view: View): boolean =>
  view.range !== "all" &&
  (view.range !== "custom" || (Date.parse(view.to) - Date.parse(view.from)) / 86_400_000 < longestByHour);

/** The step of a trend: as chosen, if possible, or else what suits the data, which the server knows. */
export function stepOf(view: View): string {
  if (view.by && (view.by !== "hour" || canBeByHour(view))) return view.by;
  return "auto";
}

/** The part of the address that the API also understands. */
export function query(view: View): URLSearchParams {
  const q = new URLSearchParams();
  if (view.museum) q.set("museum", view.museum);
  if (view.range === "custom") {
    q.set("from", view.from);
    q.set("to", view.to);
  } else {
    q.set("range", view.range);
  }
  for (const key of ["exhibition", "floor", "department"] as const) for (const value of view[key]) q.append(key, value);
  if (view.excludeRepeats) {
    q.set("excludeRepeats", "true");
    q.set("wait", "false");
  }
  return q;
}

/** The pages whose numbers can be of some hours alone. */
export const knowsHours = ({ page }: View): boolean => ["ratings", "safety", "exhibition"].includes(page);

/** The same, of the hours that are chosen. */
export function hoursQuery(view: View): URLSearchParams {
  const q = query(view);
  if (view.weekday) q.set("weekday", view.weekday);
  for (const hour of view.hour) q.append("hour", hour);
  return q;
}

export function write(view: View): string {
  const q = hoursQuery(view);
  q.delete("wait");
  if (view.excludeRepeats) q.set("excludeRepeats", "1");
  if (!view.compare) q.set("compare", "0");
  for (const key of ["by", "focus", "colour", "reason", "site"] as const) if (view[key]) q.set(key, view[key]);
  if (view.state !== "held") q.set("state", view.state);
  if (view.help) q.set("help", "1");
  if (view.tv) q.set("tv", "1");
  const text = q.toString();
  return `${base}/${view.page}${text ? `?${text}` : ""}`;
}

export class Router {
  view: View;
  private readonly listeners = new Set<(view: View, before: View) => void>();

  /** @param museums Their codes, as they are written. */
  constructor(private readonly museums: string[]) {
    this.view = this.read();
    addEventListener("popstate", () => this.show(this.read()));
  }

  /** The default days. Anything else in the address is rewritten as it was understood. */
  begin(range: string): void {
    if (this.view.range !== "custom" && !new URL(location.href).searchParams.has("range"))
      this.view = { ...this.view, range };
    history.replaceState(null, "", write(this.view));
  }

  /** Numbers or museums were read again. */
  again = (): void => this.show(this.view);

  // A code in other letter case is that museum all the same; an unknown one shows the first museum's page, not a
  // mixture of two.
  private read(): View {
    const view = read(new URL(location.href));
    return { ...view, museum: this.museums.find(code => code.toLowerCase() === view.museum.toLowerCase()) ?? "" };
  }

  onChange = (listener: (view: View, before: View) => void): void => void this.listeners.add(listener);

  go(patch: Partial<View>): void {
    const next = { ...this.view, ...patch };
    const address = write(next);
    if (address !== location.pathname + location.search) history.pushState(null, "", address);
    this.show(next);
  }

  href = (patch: Partial<View>): string => write({ ...this.view, ...patch });

  private show(next: View): void {
    const before = this.view;
    this.view = next;
    this.listeners.forEach(listener => listener(next, before));
  }
}
