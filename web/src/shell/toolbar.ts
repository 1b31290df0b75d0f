// Which days, which exhibitions, compared with what: the same on every page, and all of it in the address.

import type { Period } from "../api/types";
import { h, replace } from "../base/dom";
import { icons } from "../base/icons";
import { floorName, safe } from "../base/text";
import { hoursText, now, span, when } from "../base/time";
import { tellAbout } from "../figures/figure";
import type { Context } from "./context";
import { museumOf } from "./context";
import type { View } from "./state";
import { knowsHours } from "./state";

const presets: [string, string][] = [
  ["today", "Today"],
  ["7d", "7 days"],
  ["28d", "28 days"],
  ["all", "All"],
];

export interface Toolbar {
  element: HTMLElement;
  tell(period: Period | null): void;
}

export function toolbar(context: Context): Toolbar {
  const { router } = context;
  const facts = h("p", { class: "facts" });
  const controls = h("div", { class: "controls" });
  const parts = (view: View): (HTMLElement | null)[] => [
    ranges(context, view),
    dates(context, view),
    compare(context, view),
    filter(
      context,
      "Exhibitions",
      "exhibition",
      view.exhibition,
      options(context, exhibition => [exhibition.publicId, exhibition.name]),
    ),
    filter(
      context,
      "Floors",
      "floor",
      view.floor,
      options(context, exhibition => [exhibition.floor, floorName(exhibition.floor)]),
    ),
    filter(
      context,
      "Departments",
      "department",
      view.department,
      options(context, exhibition => [exhibition.department, exhibition.department]),
    ),
    clear(context, view),
  ];
  replace(controls, ...parts(router.view));
  let shape = stamp(context, router.view);
  router.onChange(view => {
    if (shape === stamp(context, view)) return;
    shape = stamp(context, view);
    // Opened before the focus is set: nothing in a closed menu can have it.
    const open = [...controls.querySelectorAll("details[open]")].map(menu => menu.id);
    const fresh = parts(view);
    for (const part of fresh) if (part instanceof HTMLDetailsElement) part.open = open.includes(part.id);
    replace(controls, ...fresh);
  });
  closeMenus(controls);
  return {
    element: h("section", { class: "toolbar", "aria-label": "Period and filters" }, controls, facts),
    tell: period => {
      tellFacts(facts, period);
      if (period && (shown?.from !== period.from || shown.to !== period.to)) {
        shown = { from: period.from, to: period.to };
        const menu = controls.querySelector<HTMLDetailsElement>("#menu-dates");
        if (menu && !menu.open && !menu.contains(document.activeElement)) menu.replaceWith(dates(context, router.view));
      }
      if (period) tellAbout(`${safe(museumOf(context)?.name)}, ${span(period.from, period.to)}`);
    },
  };
}

const stamp = (context: Context, view: View): string =>
  JSON.stringify([
    museumOf(context)?.exhibitions,
    view.museum,
    view.range,
    view.from,
    view.to,
    view.exhibition,
    view.floor,
    view.department,
    view.weekday,
    view.hour,
    knowsHours(view),
    view.compare,
    view.excludeRepeats,
  ]);

function tellFacts(facts: HTMLElement, period: Period | null): void {
  if (period === null) return replace(facts);
  replace(
    facts,
    h("span", {}, span(period.from, period.to)),
    period.asOf ? h("span", {}, "as of ", h("time", { datetime: period.asOf }, when(period.asOf))) : null,
    h("span", {}, `times in ${safe(period.timeZone)}`),
    period.repeatsPending ? h("span", {}, "repeats of some days are still being counted") : null,
  );
}

function ranges({ router }: Context, view: View): HTMLElement {
  return h(
    "div",
    { class: "segments", role: "group", "aria-label": "Period" },
    ...presets.map(([range, name]) =>
      h(
        "button",
        {
          type: "button",
          "data-key": `range-${range}`,
          "aria-pressed": String(view.range === range),
          on: { click: () => router.go({ range, from: "", to: "" }) },
        },
        name,
      ),
    ),
  );
}

function dates(context: Context, view: View): HTMLElement {
  const { router } = context;
  const from = h("input", { type: "date", name: "from", required: true });
  const to = h("input", { type: "date", name: "to", required: true });
  [from.value, to.value] = [view.from, view.to];
  // The server accepts ten years at once; future days are allowed.
  for (const input of [from, to]) [input.min, input.max] = [dayFromNow(-3_650), dayFromNow(366)];
  const apply = (event: Event): void => {
    event.preventDefault();
    const [first = "", last = ""] = [from.value, to.value].sort();
    menu.open = false;
    router.go({ range: "custom", from: first, to: last });
  };
  const menu = h(
    "details",
    { class: "menu", id: "menu-dates" },
    h(
      "summary",
      { "data-key": "dates", class: view.range === "custom" ? "chosen" : undefined },
      icons.calendar(),
      view.range === "custom" ? span(view.from, view.to) : "Dates",
    ),
    h(
      "form",
      { class: "sheet", on: { submit: apply } },
      h("label", {}, "From", from),
      h("label", {}, "To", to),
      h("button", { class: "primary", type: "submit" }, "Show these days"),
      h(
        "div",
        { class: "usual-days" },
        ...usualDays(context).map(([name, first, last]) =>
          h(
            "button",
            {
              type: "button",
              class: "quiet",
              on: {
                click: () => {
                  menu.open = false;
                  router.go({ range: "custom", from: first, to: last });
                },
              },
            },
            name,
          ),
        ),
      ),
    ),
  );
  return menu;
}

/** Days people ask for by name, by the museum's calendar. */
function usualDays(context: Context): [string, string, string][] {
  const zone = museumOf(context)?.timeZone ?? "UTC";
  const today = new Date(`${new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(now()))}T00:00:00Z`);
  const day = (from: Date, days: number): string =>
    new Date(from.getTime() + days * 86_400_000).toISOString().slice(0, 10);
  const sinceMonday = (today.getUTCDay() + 6) % 7;
  const first = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 1, 1));
  const last = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 0));
  const list: [string, string, string][] = [
    ["Last week", day(today, -7 - sinceMonday), day(today, -1 - sinceMonday)],
    ["Last month", day(first, 0), day(last, 0)],
  ];
  // 52 weeks: the same weekdays.
  if (shown)
    list.push([
      "Same weeks last year",
      day(new Date(`${shown.from}T00:00:00Z`), -364),
      day(new Date(`${shown.to}T00:00:00Z`), -364),
    ]);
  return list;
}

/** The days that are on the page now. */
let shown: { from: string; to: string } | null = null;

const dayFromNow = (days: number): string => new Date(now() + days * 86_400_000).toISOString().slice(0, 10);

function compare({ router }: Context, view: View): HTMLElement {
  const box = h("input", {
    type: "checkbox",
    "data-key": "compare",
    on: { change: () => router.go({ compare: box.checked }) },
  });
  box.checked = view.compare;
  return h("label", { class: "check" }, box, "Compare with previous");
}

function options(
  context: Context,
  pick: (exhibition: { publicId: string; name: string; floor: string; department: string }) => [string, string],
): [string, string][] {
  const found = new Map((museumOf(context)?.exhibitions ?? []).map(pick));
  return [...found].sort((a, b) => a[1].localeCompare(b[1], "en-GB", { numeric: true }));
}

function filter(
  { router }: Context,
  name: string,
  key: "exhibition" | "floor" | "department",
  chosen: string[],
  all: [string, string][],
): HTMLElement {
  const change = (value: string, on: boolean): void =>
    router.go({ [key]: on ? [...chosen, value] : chosen.filter(other => other !== value) });
  return h(
    "details",
    { class: "menu", id: `menu-${key}` },
    h(
      "summary",
      { "data-key": `filter-${key}`, class: chosen.length ? "chosen" : undefined },
      name,
      chosen.length ? h("b", {}, ` ${chosen.length}`) : null,
    ),
    h(
      "fieldset",
      { class: "sheet" },
      h("legend", { class: "unseen" }, name),
      ...all.map(([value, text]) => {
        const box = h("input", {
          type: "checkbox",
          "data-key": `${key}-${value}`,
          on: { change: () => change(value, box.checked) },
        });
        box.checked = chosen.includes(value);
        return h("label", { class: "check" }, box, h("bdi", {}, safe(text)));
      }),
    ),
  );
}

function clear({ router }: Context, view: View): HTMLElement | null {
  const parts: HTMLElement[] = [];
  const chip = (key: string, text: string, patch: Partial<View>, label?: string): number =>
    parts.push(
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "data-key": key,
          "aria-label": label,
          on: { click: () => router.go(patch) },
        },
        text,
        icons.close(),
      ),
    );
  if (view.excludeRepeats) chip("repeats", "Repeats left out", { excludeRepeats: false });
  if (knowsHours(view) && (view.weekday || view.hour.length)) {
    const only = hoursText(Number(view.weekday), view.hour.map(Number));
    chip("hours", only, { weekday: "", hour: [] }, `Only ${only}: show all hours again`);
  }
  if (view.exhibition.length + view.floor.length + view.department.length > 0)
    chip("clear", "Clear filters", { exhibition: [], floor: [], department: [] });
  return parts.length ? h("div", { class: "chips" }, ...parts) : null;
}

/** One menu open at a time; Escape and a click elsewhere close it. */
function closeMenus(controls: HTMLElement): void {
  const menus = (): HTMLDetailsElement[] => [...controls.querySelectorAll<HTMLDetailsElement>("details[open]")];
  document.addEventListener("click", event =>
    menus().forEach(menu => {
      const target = event.target as Node;
      if (target.isConnected && !menu.contains(target)) menu.open = false;
    }),
  );
  controls.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  controls.addEventListener(
    "toggle",
    event => {
      const opened = event.target as HTMLDetailsElement;
      if (opened.open) menus().forEach(menu => menu !== opened && (menu.open = false));
    },
    true,
  );
}
