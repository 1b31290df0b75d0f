import { csv } from "../api/client";
import type { Exhibition, Period } from "../api/types";
import { h, replace } from "../base/dom";
import { longName } from "../base/rates";
import { count, fixed, floorName, plural, safe, signed } from "../base/text";
import { dayText, point as pointText } from "../base/time";
import { daysOfWeek } from "../figures/course";
import { Figure } from "../figures/figure";
import { stat, stats } from "../figures/stat";
import { showBusiest } from "../ratings/busiest";
import { stepChoice } from "../ratings/trend";
import { statusPill } from "../ratings/words";
import { allCalls, callWords } from "../safety/words";
import type { Context, Page } from "../shell/context";
import { museumOf } from "../shell/context";
import { Evidence, opens } from "../shell/evidence";
import { exhibitionLink } from "../shell/exhibition-link";
import { follow } from "../shell/header";
import { Loading } from "../shell/load";
import type { View } from "../shell/state";
import { query, stepOf } from "../shell/state";
import { Curation } from "./dialogs";
import { showCalls, showKiosk, showVotes } from "./parts";
import { showTrend } from "./trend";

const weekdayNames = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];

/** One exhibition: the question after who leads and who trails. */
export class ExhibitionPage implements Page {
  readonly title = "Exhibition";
  readonly element: HTMLElement;
  private readonly loading = new Loading();
  private readonly evidence = new Evidence();
  private readonly curation: Curation;
  private readonly headline = h(
    "section",
    { class: "headline", "aria-label": "In short" },
    h("h1", { class: "sentence" }, "Exhibition"),
    stats("Mean rating", "Votes", "Target", "Calls for help"),
  );
  private readonly trend: Figure;
  private readonly votes = new Figure("votes", "How the votes divide", 260);
  private readonly hours = new Figure("hours", "When visitors vote", 290);
  private readonly calls = new Figure("calls", "Calls for help here", 260);
  private readonly kiosk = new Figure("kiosk", "Its kiosk", 260);
  private data: Exhibition | null = null;

  constructor(
    private readonly context: Context,
    private readonly tell: (period: Period | null) => void,
  ) {
    this.curation = new Curation(context.me, () => this.show(context.router.view));
    this.trend = new Figure("course", "How it went", 380, this.controls());
    this.element = h(
      "div",
      { class: "page" },
      this.headline,
      this.trend.element,
      h("div", { class: "pair" }, this.votes.element, this.hours.element),
      h("div", { class: "pair" }, this.calls.element, this.kiosk.element),
      this.evidence.element,
      this.curation.element,
    );
  }

  show(view: View): void {
    this.loading.begin();
    const id = view.exhibition[0];
    if (id === undefined) return this.choose();
    const asked = { ...view, exhibition: [id], floor: [], department: [] };
    const q = query(asked).toString();
    const with_ = `${q}&by=${stepOf(asked)}`;
    const figures = [this.trend, this.votes, this.hours, this.calls, this.kiosk];
    void this.loading.into<Exhibition>(
      "/exhibition",
      with_,
      figures,
      data => {
        this.data = data;
        this.tell(data.period);
        this.draw(data, view, q, with_);
      },
      why => {
        this.tell(null);
        replace(this.headline, h("h1", { class: "sentence" }, "This cannot be shown"), h("p", {}, why));
      },
    );
  }

  private draw(data: Exhibition, view: View, q: string, with_: string): void {
    const { museum } = view;
    const presses = days(data.period, q);
    const name = safe(data.rating.name);
    replace(this.headline, ...this.head(data, view, presses));
    showTrend(
      this.trend,
      data,
      csv("/exhibition", with_, "trend"),
      one => {
        const [from, to] = one.point.includes("W")
          ? daysOfWeek(one.point)
          : [one.point.slice(0, 10), one.point.slice(0, 10)];
        const hour = one.point.length > 10 ? `&hour=${Number(one.point.slice(11, 13))}` : "";
        this.open(`${name}, ${pointText(one.point, true)}`, `${between(presses, data.period, from, to)}${hour}`);
      },
      this.context.me.canAcknowledge ? annotation => this.curation.remove(museum, annotation) : undefined,
    );
    showVotes(this.votes, data, csv("/exhibition", with_, "votes"), value =>
      this.open(`${name}: ${safe(data.buttons[value]?.name)}`, `${presses}&type=${value}`),
    );
    showBusiest(
      this.hours,
      { period: data.period, cells: data.hours },
      museumOf(this.context),
      csv("/exhibition", with_, "hours"),
      (weekday, hours) =>
        this.open(
          `${name}, ${weekdayNames[weekday - 1]} from ${String(hours[0]).padStart(2, "0")}:00`,
          [`${presses}&weekday=${weekday}`, ...hours.map(hour => `hour=${hour}`)].join("&"),
        ),
    );
    showCalls(this.calls, data, museumOf(this.context), csv("/exhibition", with_, "calls"), column =>
      this.evidence.open(
        `Calls at ${name} from ${longName(column)}`,
        "/help/events",
        [presses, ...column.hours.map(hour => `hour=${hour}`)].join("&"),
      ),
    );
    showKiosk(this.kiosk, data, csv("/data/kiosks", q));
  }

  private open = (title: string, q: string): void => this.evidence.open(title, "/ratings/events", q);

  private head(data: Exhibition, view: View, presses: string): HTMLElement[] {
    const { rating, target, ownTarget, calls, trend } = data;
    const name = safe(rating.name);
    const compared = view.compare ? rating.previous : null;
    return [
      h(
        "div",
        { class: "who" },
        this.back(),
        h(
          "h1",
          { class: "sentence" },
          h("bdi", {}, name),
          rating.mean === null ? ": nobody voted" : ` is rated ${fixed(rating.mean)} of ${trend.best}`,
        ),
        h(
          "p",
          { class: "note" },
          `${floorName(rating.floor)} · ${safe(rating.department)}${rating.startDate === null ? "" : ` · since ${dayText(rating.startDate)}`}${rating.rank === null ? "" : ` · rank ${rating.rank}`} `,
          statusPill(rating.status),
        ),
      ),
      h(
        "div",
        { class: "stats" },
        stat(
          "Mean rating",
          [fixed(rating.mean)],
          rating.low === null
            ? "too few votes for an interval"
            : `${fixed(rating.low)} to ${fixed(rating.high)} with 95 % confidence`,
        ),
        stat(
          "Votes",
          [opens(count(rating.votes), "show these presses", () => this.open(`Votes for ${name}`, presses))],
          rating.votesPerOpenHour === null ? "" : `${fixed(rating.votesPerOpenHour, 1)} per opening hour`,
        ),
        compared && compared.change !== null
          ? stat(
              "Against the period before",
              [signed(compared.change)],
              `mean was ${fixed(compared.mean)} of ${plural(compared.votes, "vote")}`,
            )
          : stat("Target", [fixed(target.mean)], ownTarget ? "its own" : "the museum’s"),
        stat(
          "Calls for help",
          [
            opens(count(allCalls(calls)), "show these calls", () =>
              this.evidence.open(`Calls for help at ${name}`, "/help/events", presses),
            ),
          ],
          callWords(calls, calls.names),
        ),
      ),
    ];
  }

  private back(): HTMLElement {
    const { router } = this.context;
    const all = { page: "ratings" as const, exhibition: [] };
    return h(
      "a",
      {
        class: "back",
        href: router.href(all),
        on: { click: event => follow(event as MouseEvent, () => router.go(all)) },
      },
      "‹ All exhibitions",
    );
  }

  private controls(): HTMLElement {
    const { router, me } = this.context;
    const act = (name: string, run: (data: Exhibition) => void): HTMLElement =>
      h("button", { type: "button", class: "tool", on: { click: () => this.data && run(this.data) } }, name);
    return h(
      "span",
      { class: "choices" },
      stepChoice(this.context),
      me.canAcknowledge
        ? act("Annotate", data =>
            this.curation.annotate(router.view.museum, data.rating.publicId, data.rating.name, data.period.to),
          )
        : null,
      me.canAcknowledge
        ? act("Target", data =>
            this.curation.target(
              router.view.museum,
              data.rating.publicId,
              data.rating.name,
              data.target.mean,
              data.ownTarget,
              data.trend.best,
            ),
          )
        : null,
    );
  }

  /** No exhibition is named: which one? */
  private choose(): void {
    this.tell(null);
    const all = museumOf(this.context)?.exhibitions ?? [];
    replace(
      this.headline,
      h("h1", { class: "sentence" }, "Which exhibition?"),
      h("ul", {}, ...all.map(one => h("li", {}, exhibitionLink(one.publicId, one.name)))),
    );
    for (const figure of [this.trend, this.votes, this.hours, this.calls, this.kiosk])
      figure.refuse("Choose an exhibition above.");
  }
}

/** The question without what a list of presses does not know. */
function days(period: Period, q: string): string {
  const of = new URLSearchParams(q);
  for (const key of ["range", "from", "to", "excludeRepeats", "wait"]) of.delete(key);
  of.set("from", period.from);
  of.set("to", period.to);
  return of.toString();
}

/** Of a week only those days that are looked at. */
function between(q: string, period: Period, from: string, to: string): string {
  const of = new URLSearchParams(q);
  of.set("from", from > period.from ? from : period.from);
  of.set("to", to < period.to ? to : period.to);
  return of.toString();
}
