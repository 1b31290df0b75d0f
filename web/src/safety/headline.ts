import { h, replace } from "../base/dom";
import { count, duration, plural, rate, signed } from "../base/text";
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

  private title(): void {
    const { open, connection } = this.context.live;
    const text = open === 0 ? (connection === "connecting" ? "Safety" : "Nobody is waiting for help") : `${plural(open, "call")} for help ${open === 1 ? "is" : "are"} open`;
    const title = this.element.firstElementChild!;
    if (title.textContent !== text) title.textContent = text;
  }
}

function numbers({ totals, response }: Safety, view: View): HTMLElement[] {
  const before = view.compare ? totals.previous : null;
  const change = (now: number, then: number): string => (before ? `${signed(now - then, 0)} against the period before` : "");
  const { unreadable, outOfHours, other = 0 } = totals.notCounted;
  const left = unreadable + outOfHours + other;
  return [
    stat("Emergencies", [count(totals.emergencies)], change(totals.emergencies, before?.emergencies ?? 0)),
    stat("Assistance", [count(totals.assistance)], change(totals.assistance, before?.assistance ?? 0)),
    stat("Calls per opening hour", [rate(totals.perOpenHour)], before ? `${rate(before.perOpenHour)} before` : ""),
    stat("Median response", [duration(response.medianSeconds)], response.answered ? `${plural(response.answered, "call")} answered, ${count(response.unanswered)} not; nine of ten within ${duration(response.p90Seconds)}` : "no call was acknowledged in this period"),
    ...(left ? [stat("Not counted", [count(left)], `${count(unreadable)} unreadable, ${count(outOfHours)} out of hours${other ? `, ${count(other)} refused otherwise` : ""}: in the feed, in no statistic`)] : []),
  ];
}
