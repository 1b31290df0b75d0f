import type { Live } from "../api/live";
import type { Safety } from "../api/types";
import { h, replace } from "../base/dom";
import { count, duration, plural, rate, safe, signed } from "../base/text";
import { soFar } from "../base/time";
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

  show(data: Safety, view: View): void {
    this.title();
    replace(this.element.lastElementChild!, ...numbers(data, view));
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

function numbers({ period, totals, response }: Safety, view: View): HTMLElement[] {
  const before = view.compare && totals.previous?.perOpenHour !== null ? totals.previous : null;
  const change = (now: number, then: number): string =>
    before ? `${signed(now - then, 0)}${soFar(period)} against the period before` : "";
  const { unreadable, outOfHours, other = 0 } = totals.notCounted;
  const left = unreadable + outOfHours + other;
  const why = [
    unreadable && `${count(unreadable)} unreadable`,
    outOfHours && `${count(outOfHours)} out of hours`,
    other && `${count(other)} refused`,
  ].filter(word => word !== 0);
  return [
    stat(
      safe(totals.names.emergencies),
      [count(totals.emergencies)],
      change(totals.emergencies, before?.emergencies ?? 0),
    ),
    stat(safe(totals.names.assistance), [count(totals.assistance)], change(totals.assistance, before?.assistance ?? 0)),
    ...totals.added.map(kind =>
      stat(
        safe(kind.name),
        [count(kind.presses)],
        kind.emergency ? "among the emergencies" : "in no rate, without alarm",
      ),
    ),
    stat("Calls per opening hour", [rate(totals.perOpenHour)], before ? `${rate(before.perOpenHour)} before` : ""),
    stat(
      "Median response",
      [duration(response.medianSeconds)],
      response.answered
        ? `nine of ten within ${duration(response.p90Seconds)}; ${count(response.unanswered)} not answered`
        : "nobody went to a call in this period",
    ),
    stat(
      "Median resolution",
      [duration(response.medianResolutionSeconds ?? null)],
      response.resolved
        ? `${plural(response.resolved, "call")} resolved; nine of ten within ${duration(response.p90ResolutionSeconds ?? null)}`
        : "no call of this period is resolved",
    ),
    stat("Not counted", [count(left)], left ? why.join(", ") : "every call is in the numbers"),
  ];
}
