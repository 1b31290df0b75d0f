// What the page shows is its address: a link, the back button and a bookmark all find it again.

export type PageName = "ratings" | "safety" | "data";

export interface View {
  page: PageName;
  museum: string;
  range: string;
  from: string;
  to: string;
  exhibition: string[];
  floor: string[];
  department: string[];
  compare: boolean;
  excludeRepeats: boolean;
  by: string;
  focus: string;
  tv: boolean;
  reason: string;
  site: string;
  state: string;
  help: boolean;
}

const pages: PageName[] = ["ratings", "safety", "data"];
const ranges = ["today", "7d", "28d", "all"];
const day = /^\d{4}-\d{2}-\d{2}$/;

export function read(url: URL): View {
  const q = url.searchParams;
  const name = url.pathname.slice(1) as PageName;
  const text = (key: string): string => q.get(key) ?? "";
  const flag = (key: string, otherwise = false): boolean => (q.has(key) ? q.get(key) === "1" : otherwise);
  const custom = day.test(text("from")) && day.test(text("to"));
  return {
    page: pages.includes(name) ? name : "ratings",
    museum: text("museum"),
    range: custom ? "custom" : ranges.includes(text("range")) ? text("range") : "28d",
    from: custom ? text("from") : "",
    to: custom ? text("to") : "",
    exhibition: q.getAll("exhibition"),
    floor: q.getAll("floor"),
    department: q.getAll("department"),
    compare: flag("compare", true),
    excludeRepeats: flag("excludeRepeats"),
    by: ["hour", "day", "week"].includes(text("by")) ? text("by") : "",
    focus: text("focus"),
    tv: flag("tv"),
    reason: text("reason"),
    site: text("site"),
    state: text("state") === "replayed" ? "replayed" : "held",
    help: flag("help"),
  };
}

/** How finely a trend is drawn where nobody said it. */
export const stepOf = (view: View): string => view.by || (view.range === "today" ? "hour" : view.range === "all" ? "week" : "day");

/** The part of the address the API understands as well. */
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

export function write(view: View): string {
  const q = query(view);
  q.delete("wait");
  if (view.excludeRepeats) q.set("excludeRepeats", "1");
  if (!view.compare) q.set("compare", "0");
  for (const key of ["by", "focus", "reason", "site"] as const) if (view[key]) q.set(key, view[key]);
  if (view.state !== "held") q.set("state", view.state);
  if (view.help) q.set("help", "1");
  if (view.tv) q.set("tv", "1");
  const text = q.toString();
  return `/${view.page}${text ? `?${text}` : ""}`;
}

export class Router {
  view: View;
  private readonly listeners = new Set<(view: View, before: View) => void>();

  constructor() {
    this.view = read(new URL(location.href));
    addEventListener("popstate", () => this.show(read(new URL(location.href))));
  }

  /** Where the address says nothing of days: these. */
  begin(range: string): void {
    const q = new URL(location.href).searchParams;
    if (q.has("range") || q.has("from")) return;
    this.view = { ...this.view, range };
    history.replaceState(null, "", write(this.view));
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
