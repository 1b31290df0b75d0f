import type { Live } from "../api/live";
import type { Safety } from "../api/types";
import { h, replace } from "../base/dom";
import { count, duration, plural, rate, safe, signed } from "../base/text";
import { soFar } from "../base/time";
import type { Behind } from "../evidence/behind";
import { counted, emergencyTypes, opens, ratedTypes } from "../evidence/behind";
import { stat, stats } from "../figures/stat";
import type { Context } from "../shell/context";
import { isEmpty } from "../shell/start";
import type { View } from "../shell/state";

export class SafetyHeadline {
  readonly element = h(
    "section",
    { class: "headline", "aria-label": "In short" },
    h("h1", {}, "Safety"),
    stats("Emergencies", "Assistance", "Calls per opening hour", "Median response", "Median resolution", "Not counted"),
  );

  constructor(private readonly context: Context) {
    context.live.onPresses(() => this.title());
    context.live.onState(() => this.title());
  }

  show(data: Safety, view: View, behind: Behind): void {
    this.title();
    replace(this.element.lastElementChild!, ...numbers(data, view, behind));
  }

  /** The days or filters are invalid; who waits now is known all the same. */
  refuse(why: string): void {
    replace(this.element.lastElementChild!, h("div", { class: "empty" }, h("p", {}, why)));
  }

  private title(): void {
    const { context } = this;
    const text = sentence(context.live, undefined, isEmpty(context));
    const title = this.element.firstElementChild!;
    if (title.textContent !== text) title.textContent = text;
  }
}

/**
 * Never says that all is well while the page is disconnected, or the museum's presses do not arrive.
 * @param empty Nothing was ever pressed there.
 */
export function sentence(live: Live, museum?: string, empty = false): string {
  const [open, { connection }] = [live.open(museum), live];
  const waiting = (are: string, is: string): string => `${plural(open, "call")} for help ${open === 1 ? is : are} open`;
  if (connection === "lost")
    return open === 0
      ? "Not connected: no calls for help arrive here"
      : `${waiting("were", "was")} when the connection was lost`;
  const receptions = museum === "*" ? live.deaf() : [live.reception(museum)];
  if (receptions.some(reception => reception?.healthy === false))
    return open === 0
      ? "Presses do not arrive: who is waiting is unknown"
      : `${waiting("are", "is")}; more may be waiting, since presses do not arrive`;
  if (open > 0) return waiting("are", "is");
  const way = live.takenPresses(museum).length;
  if (way > 0) return `Nobody waits; somebody is on the way to ${plural(way, "call")}`;
  if (connection === "connecting") return "Safety";
  if (!live.isHistory(museum)) return "Nobody is waiting for help";
  return empty ? "Nothing is loaded yet" : "History only: no live presses";
}

function numbers({ period, totals, hours, response }: Safety, view: View, behind: Behind): HTMLElement[] {
  const before = view.compare && totals.previous?.perOpenHour !== null ? totals.previous : null;
  const change = (now: number, then: number): string =>
    before ? `${signed(now - then, 0)}${soFar(period)} against the period before` : "";
  const { unreadable, outOfHours, other = 0 } = totals.notCounted;
  const left = unreadable + outOfHours + other;
  const calls = (name: string, types: number[]) => (): void => behind.calls(name, { types });
  const why = [
    unreadable && `${count(unreadable)} unreadable`,
    outOfHours && `${count(outOfHours)} out of hours`,
    other && `${count(other)} refused`,
  ].filter(word => word !== 0);
  return [
    stat(
      safe(totals.names.emergencies),
      [counted(totals.emergencies, "show these calls", calls(safe(totals.names.emergencies), emergencyTypes(totals)))],
      change(totals.emergencies, before?.emergencies ?? 0),
    ),
    stat(
      safe(totals.names.assistance),
      [counted(totals.assistance, "show these calls", calls(safe(totals.names.assistance), [0]))],
      change(totals.assistance, before?.assistance ?? 0),
    ),
    ...totals.added.map(kind =>
      stat(
        safe(kind.name),
        [counted(kind.presses, "show these calls", calls(safe(kind.name), [kind.value]))],
        kind.emergency ? "among the emergencies" : "in no rate, without alarm",
      ),
    ),
    stat(
      "Calls per opening hour",
      [
        totals.perOpenHour
          ? opens(rate(totals.perOpenHour), "show the calls in opening hours", () =>
              behind.calls("Calls in opening hours", { types: ratedTypes(totals), hours: whileOpen(hours) }),
            )
          : rate(totals.perOpenHour),
      ],
      before ? `${rate(before.perOpenHour)} before` : "",
    ),
    stat(
      "Median response",
      [
        response.answered
          ? opens(duration(response.medianSeconds), `show ${plural(response.answered, "answered call")}`, () =>
              behind.calls("Calls that somebody went to", { answer: "answered" }),
            )
          : duration(response.medianSeconds),
      ],
      response.answered
        ? h("span", {}, `nine of ten within ${duration(response.p90Seconds)}; `, notAnswered(response, behind))
        : "nobody went to a call in this period",
    ),
    stat(
      "Median resolution",
      [
        response.resolved
          ? opens(
              duration(response.medianResolutionSeconds),
              `show ${plural(response.resolved, "resolved call")}`,
              () => behind.calls("Calls that are resolved", { answer: "resolved" }),
            )
          : duration(response.medianResolutionSeconds),
      ],
      response.resolved
        ? `${plural(response.resolved, "call")} resolved; nine of ten within ${duration(response.p90ResolutionSeconds ?? null)}`
        : "no call of this period is resolved",
    ),
    stat(
      "Not counted",
      [
        counted(left, "show these records", () =>
          behind.refused("Possible calls that are not counted", { help: true }),
        ),
      ],
      left
        ? `${why.join(", ")}${view.hour.length || view.weekday ? "; on whole days" : ""}`
        : "every call is in the numbers",
    ),
  ];
}

/** What somebody could have gone to, and nobody did. */
export const notAnswered = ({ unanswered }: Safety["response"], behind: Behind): Node | string =>
  unanswered
    ? opens(`${count(unanswered)} not answered`, "show these calls", () =>
        behind.calls("Calls that nobody went to", { answer: "unanswered" }),
      )
    : `${count(unanswered)} not answered`;

/** The hours in which it was open: calls in others are in no rate. */
export const whileOpen = (hours: Safety["hours"]): number[] =>
  hours.filter(hour => hour.openHours > 0).map(hour => hour.hour);
