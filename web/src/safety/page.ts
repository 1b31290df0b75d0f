import { csv } from "../api/client";
import type { Patrols, Period, Safety } from "../api/types";
import { h } from "../base/dom";
import { Figure } from "../figures/figure";
import type { Act } from "../shell/act";
import type { Context, Page } from "../shell/context";
import { museumOf } from "../shell/context";
import { Loading } from "../shell/load";
import type { View } from "../shell/state";
import { query } from "../shell/state";
import { showFloors, showHours, showPlaces } from "./counts";
import { Feed } from "./feed";
import { SafetyHeadline } from "./headline";
import { showHeat } from "./heat";
import { Incidents } from "./incidents";
import { showPatrols } from "./patrols";
import { showResponse } from "./response";

/** Where and when visitors need help, and who is dealing with it now: for the head of security. */
export class SafetyPage implements Page {
  readonly title = "Safety";
  readonly element: HTMLElement;
  private readonly loading = new Loading();
  private readonly headline: SafetyHeadline;
  private readonly feed: Feed;
  private readonly heat = new Figure("heat", "Where and when help is needed", 260);
  private readonly patrols = new Figure("patrols", "Suggested patrols", 260);
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
    this.element = h(
      "div",
      { class: "page" },
      this.headline.element,
      h("div", { class: "pair feed-pair" }, this.feed.element, new Incidents(context, act).element),
      h("div", { class: "pair" }, this.heat.element, this.patrols.element),
      this.places.element,
      h("div", { class: "pair" }, this.hours.element, this.floors.element),
      this.response.element,
    );
  }

  show(view: View): void {
    const q = query(view).toString();
    const link = (table: string): string => csv("/safety", q, table);
    this.feed.show(view);
    this.loading.begin();
    void this.loading.into<Safety>(
      "/safety",
      q,
      [this.heat, this.places, this.hours, this.floors, this.response],
      data => {
        this.tell(data.period);
        this.headline.show(data, view);
        showHeat(this.heat, data, museumOf(this.context), link("heat"));
        showPlaces(this.places, data, link("exhibitions"));
        showHours(this.hours, data, museumOf(this.context), link("hours"));
        showFloors(this.floors, data, link("floors"));
        showResponse(this.response, data, link("weeks"));
      },
      why => {
        this.tell(null);
        this.headline.refuse(why);
      },
    );
    void this.loading.into<Patrols>("/safety/patrols", q, [this.patrols], data =>
      showPatrols(this.patrols, data, csv("/safety/patrols", q, "walks")),
    );
  }
}
