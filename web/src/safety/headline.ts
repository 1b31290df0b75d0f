import { h, replace } from "../base/dom";
import { count, duration, plural, rate, safe, signed } from "../base/text";
import { soFar } from "../base/time";
import type { Live } from "../api/live";
import type { Safety } from "../api/types";
import { stat } from "../ratings/headline";
import type { Context } from "../shell/context";
import type { View } from "../shell/state";

export class SafetyHeadline {
  readonly element = h("section", { class: "headline", "aria-label": "In short" }, h("h1", {}, "Safety"), h("div", { class: "stats" }));

  constructor(private readonly context: Context) {
    context.live.onPresses(() => this.title());
    context.live.onState(() => this.title());
  }

  show(data: Safety, view: View): void {
    this.title();
    replace(this.element.lastElementChild!, ...numbers(data, view));
  }

  /** The days or filters cannot be asked for; who waits now is true all the same. */
  refuse(why: string): void {
    replace(this.element.lastElementChild!, h("div", { class: "empty" }, h("p", {}, why)));
  }

  private title(): void {
    const text = sentence(this.context.live);
    const title = this.element.firstElementChild!;
    if (title.textContent !== text) title.textContent = text;
  }
}

/** Nobody is told that all is well by a page that hears nothing. */
function sentence({ open, connection }: Live): string {
  if (connection === "lost") return open === 0 ? "Not connected: calls for help are not heard here" : `${plural(open, "call")} for help ${open === 1 ? "was" : "were"} open when the connection was lost`;
  if (open === 0) return connection === "connecting" ? "Safety" : "Nobody is waiting for help";
  return `${plural(open, "call")} for help ${open === 1 ? "is" : "are"} open`;
}

function numbers({ period, totals, response }: Safety, view: View): HTMLElement[] {
  const before = view.compare && totals.previous?.perOpenHour !== null ? totals.previous : null;
  const change = (now: number, then: number): string => (before ? `${signed(now - then, 0)}${soFar(period)} against the period before` : "");
  const { unreadable, outOfHours, other = 0 } = totals.notCounted;
  const left = unreadable + outOfHours + other;
  return [
    stat("Emergencies", [count(totals.emergencies)], change(totals.emergencies, before?.emergencies ?? 0)),
    stat("Assistance", [count(totals.assistance)], change(totals.assistance, before?.assistance ?? 0)),
    ...totals.added.map(kind => stat(safe(kind.name), [count(kind.presses)], kind.emergency ? "among the emergencies" : "in no rate, without alarm")),
    stat("Calls per opening hour", [rate(totals.perOpenHour)], before ? `${rate(before.perOpenHour)} before` : ""),
    stat("Median response", [duration(response.medianSeconds)], response.answered ? `${plural(response.answered, "call")} answered, ${count(response.unanswered)} not; nine of ten within ${duration(response.p90Seconds)}` : "no call was acknowledged in this period"),
    ...(left ? [stat("Not counted", [count(left)], `${count(unreadable)} unreadable, ${count(outOfHours)} out of hours${other ? `, ${count(other)} refused otherwise` : ""}: in the feed, in no statistic`)] : []),
  ];
}
