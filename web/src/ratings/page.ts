import { csv } from "../api/client";
import type { Busiest, Period, Ratings, Trend } from "../api/types";
import { h } from "../base/dom";
import { Behind } from "../evidence/behind";
import { HoursChoice } from "../evidence/cells";
import { Figure } from "../figures/figure";
import type { Context, Page } from "../shell/context";
import { museumOf } from "../shell/context";
import { Loading } from "../shell/load";
import type { View } from "../shell/state";
import { hoursQuery, query, stepOf } from "../shell/state";
import { showBusiest } from "./busiest";
import { showChanges } from "./changes";
import { showDistribution } from "./distribution";
import { showGroups } from "./groups";
import { Headline } from "./headline";
import { showRanking } from "./ranking";
import { showTrend, trendControls } from "./trend";

/** What visitors like: for the exhibitions manager. */
export class RatingsPage implements Page {
  readonly title = "Ratings";
  readonly element: HTMLElement;
  private readonly loading = new Loading();
  private readonly headline: Headline;
  private readonly ranking: Figure;
  private readonly trend: Figure;
  private readonly distribution = new Figure("distribution", "How the votes divide", 300);
  private readonly changes = new Figure("changes", "What changed", 300);
  private readonly floors = new Figure("floors", "By floor", 160);
  private readonly departments = new Figure("departments", "By department", 160);
  private readonly busiest = new Figure("busiest", "When visitors vote", 260);

  constructor(
    private readonly context: Context,
    private readonly tell: (period: Period | null) => void,
  ) {
    // Given its final height: nothing below moves when the numbers arrive.
    this.ranking = new Figure(
      "ranking",
      "How each exhibition is rated",
      36 + 58 * (museumOf(context)?.exhibitions.length ?? 6),
      undefined,
      3,
    );
    this.headline = new Headline(context);
    this.trend = new Figure("trend", "How ratings went", 360, trendControls(context));
    this.element = h(
      "div",
      { class: "page" },
      this.headline.element,
      this.ranking.element,
      this.trend.element,
      h("div", { class: "pair" }, this.distribution.element, this.busiest.element),
      this.changes.element,
      h("div", { class: "pair" }, this.floors.element, this.departments.element),
    );
  }

  show(view: View): void {
    const q = hoursQuery(view).toString();
    const by = `${q ? `${q}&` : ""}by=${stepOf(view)}`;
    // Of every hour, so that another one can be chosen.
    const whole = query(view).toString();
    const link = csv("/ratings", q);
    this.loading.begin();
    void this.loading.into<Ratings>(
      "/ratings",
      q,
      [this.ranking, this.distribution, this.changes, this.floors, this.departments],
      data => {
        this.tell(data.period);
        const behind = new Behind(this.context, view, data.period);
        this.headline.show(data, view, behind, () => this.ranking.element.scrollIntoView());
        showRanking(this.ranking, data, view, link, behind, museumOf(this.context));
        showDistribution(this.distribution, data, link, behind);
        showChanges(this.changes, data, view, link, behind);
        showGroups(this.floors, "floor", data, csv("/ratings", q, "floors"), behind);
        showGroups(this.departments, "department", data, csv("/ratings", q, "departments"), behind);
      },
      why => {
        this.tell(null);
        this.headline.refuse(why);
      },
    );
    void this.loading.into<Trend>("/ratings/trend", by, [this.trend], data =>
      showTrend(this.trend, data, view, csv("/ratings/trend", by), new Behind(this.context, view, data.period)),
    );
    void this.loading.into<Busiest>("/ratings/busiest", whole, [this.busiest], data =>
      showBusiest(this.busiest, data, museumOf(this.context), csv("/ratings/busiest", whole), {
        choice: new HoursChoice(this.context.router, view),
        open: new Behind(this.context, { ...view, weekday: "", hour: [] }, data.period).votes,
      }),
    );
  }
}
