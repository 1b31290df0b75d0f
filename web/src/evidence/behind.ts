// From a number on a page to the presses behind it: the question of the page, narrowed to what the number counts.

import type { Period, Safety } from "../api/types";
import type { Child } from "../base/dom";
import { h } from "../base/dom";
import { count } from "../base/text";
import type { Context } from "../shell/context";
import type { View } from "../shell/state";
import { hoursQuery } from "../shell/state";
import type { Path, Question } from "./evidence";

/** What a number counts of everything on its page. */
export interface Part {
  exhibition?: string;
  floor?: string;
  department?: string;
  /** Days; those outside of the page's are left out. */
  days?: [string, string];
  /** These days, whatever those of the page are. */
  otherDays?: [string, string];
  weekday?: number;
  hours?: readonly number[];
  types?: readonly number[];
  answer?: "any" | "answered" | "unanswered" | "resolved";
  outcome?: string;
  reason?: string;
  site?: string;
  /** Only what may be a call for help. */
  help?: boolean;
}

export class Behind {
  constructor(
    private readonly context: Context,
    private readonly view: View,
    private readonly period: Period,
  ) {}

  votes = (title: string, part: Part = {}, also?: Question["also"]): void =>
    this.open("/ratings/events", title, part, also);

  calls = (title: string, part: Part = {}, also?: Question["also"]): void =>
    this.open("/help/events", title, part, also);

  /** Refused records are known by day: hours do not narrow them. */
  refused = (title: string, part: Part = {}): void => this.open("/data/refused/events", title, part);

  private open(path: Path, title: string, part: Part, also?: Question["also"]): void {
    this.context.evidence.open({ title, path, query: this.query(path, part).toString(), also });
  }

  private query(path: Path, part: Part): URLSearchParams {
    const q = hoursQuery(this.view);
    q.delete("wait");
    for (const key of ["exhibition", "floor", "department"] as const)
      if (part[key] !== undefined) q.set(key, part[key]);
    if (path === "/data/refused/events") {
      for (const key of ["weekday", "hour", "excludeRepeats"]) q.delete(key);
      if (part.reason) q.set("reason", part.reason);
      if (part.site !== undefined) q.set("site", part.site);
      if (part.help) q.set("help", "true");
      return q;
    }
    // The days as they were counted, also after midnight.
    q.delete("range");
    const { from, to } = this.period;
    const [first, last] = part.otherDays ?? part.days ?? [from, to];
    q.set("from", part.otherDays || first > from ? first : from);
    q.set("to", part.otherDays || last < to ? last : to);
    if (part.weekday !== undefined) q.set("weekday", String(part.weekday));
    if (part.hours) {
      const within = this.view.hour.map(Number);
      q.delete("hour");
      for (const hour of part.hours) if (!within.length || within.includes(hour)) q.append("hour", String(hour));
    }
    for (const type of part.types ?? []) q.append("type", String(type));
    if (part.answer) q.set("answer", part.answer);
    if (part.outcome !== undefined) q.set("outcome", part.outcome);
    return q;
  }
}

/** A number that opens what is behind it. */
export const opens = (text: Child, label: string, act: () => void): HTMLElement =>
  h(
    "button",
    {
      type: "button",
      class: "number-link",
      "aria-label": typeof text === "string" ? `${text}: ${label}` : undefined,
      title: label,
      on: { click: act },
    },
    text,
  );

/** The same of a count; behind none there is nothing to open. */
export const counted = (n: number | null | undefined, label: string, act: () => void): Node | string =>
  n ? opens(count(n), label, act) : count(n);

type Totals = Safety["totals"];

/** The values of the buttons that are emergencies… */
export const emergencyTypes = ({ added }: Pick<Totals, "added">): number[] => [
  1,
  ...added.filter(kind => kind.emergency).map(kind => kind.value),
];

/** …and of all that are in the rates. */
export const ratedTypes = (totals: Pick<Totals, "added">): number[] => [0, ...emergencyTypes(totals)];
