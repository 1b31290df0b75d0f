import { csv } from "../api/client";
import type { Patrols, Period, Safety, SafetyTrend } from "../api/types";
import { h } from "../base/dom";
import { Behind } from "../evidence/behind";
import { HoursChoice } from "../evidence/cells";
import { Figure } from "../figures/figure";
import { stepChoice } from "../ratings/trend";
import type { Act } from "../shell/act";
import type { Context, Page } from "../shell/context";
import { museumOf } from "../shell/context";
import { Loading } from "../shell/load";
import type { View } from "../shell/state";
import { hoursQuery, query, stepOf } from "../shell/state";
import { showFloors, showHours, showPlaces } from "./counts";
import { Feed } from "./feed";
import { SafetyHeadline } from "./headline";
import { showHeat } from "./heat";
import { Incidents } from "./incidents";
import { showPatrols } from "./patrols";
import { showResponse } from "./response";
import { showTrend } from "./trend";

/** Where and when visitors need help, and who is dealing with it now: for the head of security. */
export class SafetyPage implements Page {
  readonly title = "Safety";
  readonly element: HTMLElement;
  private readonly loading = new Loading();
  private readonly headline: SafetyHeadline;
  private readonly feed: Feed;
  private readonly heat = new Figure("heat", "Where and when help is needed", 260);
  private readonly patrols = new Figure("patrols", "Suggested patrols", 260);
  private readonly trend: Figure;
  private readonly places = new Figure("places", "Calls by exhibition", 320);
  private readonly hours = new Figure("hours", "Calls by hour of the day", 300);
  private readonly floors = new Figure("safety-floors", "Calls by floor", 160);
  private readonly response = new Figure("response", "How fast calls are answered", 300);

  constructor(
    private readonly context: Context,
    act: Act,
    private readonly tell: (period: Period | null) => void,
  ) {
    this.headline = new SafetyHeadline(context);
    this.feed = new Feed(context, act);
    this.trend = new Figure("calls-trend", "How many calls came", 240, stepChoice(context));
    this.element = h(
      "div",
      { class: "page" },
      this.headline.element,
      h("div", { class: "pair feed-pair" }, this.feed.element, new Incidents(context, act).element),
      h("div", { class: "pair" }, this.heat.element, this.patrols.element),
      this.trend.element,
      this.places.element,
      h("div", { class: "pair" }, this.hours.element, this.floors.element),
      this.response.element,
    );
  }

  show(view: View): void {
    const q = hoursQuery(view).toString();
    // Of every hour, so that another one can be chosen.
    const whole = query(view).toString();
    const byHour = (data: Safety): void => this.showByHour(data, view, whole);
    this.feed.show(view);
    this.loading.begin();
    void this.loading.into<Safety>(
      "/safety",
      q,
      [this.places, this.floors, this.response, ...(q === whole ? [this.heat, this.hours] : [])],
      data => {
        const behind = new Behind(this.context, view, data.period);
        const link = (table: string): string => csv("/safety", q, table);
        this.tell(data.period);
        this.headline.show(data, view, behind);
        showPlaces(this.places, data, link("exhibitions"), behind);
        showFloors(this.floors, data, link("floors"), behind);
        showResponse(this.response, data, link("weeks"), behind);
        if (q === whole) byHour(data);
      },
      why => {
        this.tell(null);
        this.headline.refuse(why);
      },
    );
    if (q !== whole) void this.loading.into<Safety>("/safety", whole, [this.heat, this.hours], byHour);
    const by = `${q}&by=${stepOf(view)}`;
    void this.loading.into<SafetyTrend>("/safety/trend", by, [this.trend], data =>
      showTrend(this.trend, data, csv("/safety/trend", by), new Behind(this.context, view, data.period)),
    );
    void this.loading.into<Patrols>("/safety/patrols", whole, [this.patrols], data =>
      showPatrols(this.patrols, data, museumOf(this.context), csv("/safety/patrols", whole, "walks")),
    );
  }

  private showByHour(data: Safety, view: View, q: string): void {
    const behind = new Behind(this.context, { ...view, weekday: "", hour: [] }, data.period);
    const acts = { choice: new HoursChoice(this.context.router, view), open: behind.calls };
    showHeat(this.heat, data, museumOf(this.context), csv("/safety", q, "heat"), acts);
    showHours(this.hours, data, museumOf(this.context), csv("/safety", q, "hours"), acts);
  }
}
