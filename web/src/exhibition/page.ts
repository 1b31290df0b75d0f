import { csv } from "../api/client";
import type { Exhibition, Period } from "../api/types";
import { h, replace } from "../base/dom";
import { longName } from "../base/rates";
import { fixed, floorName, plural, safe, signed } from "../base/text";
import { dayText, point as pointText } from "../base/time";
import { Behind, counted, opens } from "../evidence/behind";
import { partOf } from "../figures/course";
import { Figure } from "../figures/figure";
import { stat, stats } from "../figures/stat";
import { showBusiest } from "../ratings/busiest";
import { stepChoice } from "../ratings/trend";
import { statusPill } from "../ratings/words";
import { allCalls, callWords } from "../safety/words";
import type { Context, Page } from "../shell/context";
import { museumOf } from "../shell/context";
import { exhibitionLink } from "../shell/exhibition-link";
import { follow } from "../shell/header";
import { Loading } from "../shell/load";
import type { View } from "../shell/state";
import { hoursQuery, query, stepOf } from "../shell/state";
import { Curation } from "./dialogs";
import { showCalls, showKiosk, showVotes } from "./parts";
import { showTrend } from "./trend";

/** One exhibition: the question after who leads and who trails. */
export class ExhibitionPage implements Page {
  readonly title = "Exhibition";
  readonly element: HTMLElement;
  private readonly loading = new Loading();
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
      this.curation.element,
    );
  }

  show(view: View): void {
    this.loading.begin();
    const id = view.exhibition[0];
    if (id === undefined) return this.choose();
    const asked = { ...view, exhibition: [id], floor: [], department: [] };
    const q = hoursQuery(asked).toString();
    const with_ = `${q}&by=${stepOf(asked)}`;
    const figures = [this.trend, this.votes, this.hours, this.calls, this.kiosk];
    void this.loading.into<Exhibition>(
      "/exhibition",
      with_,
      figures,
      data => {
        this.data = data;
        this.tell(data.period);
        this.draw(data, view, new Behind(this.context, asked, data.period), with_);
      },
      why => {
        this.tell(null);
        replace(this.headline, h("h1", { class: "sentence" }, "This cannot be shown"), h("p", {}, why));
      },
    );
  }

  private draw(data: Exhibition, view: View, behind: Behind, with_: string): void {
    const { museum } = view;
    const name = safe(data.rating.name);
    const kiosks = query({ ...view, exhibition: [data.rating.publicId], floor: [], department: [] }).toString();
    replace(this.headline, ...this.head(data, view, behind));
    showTrend(
      this.trend,
      data,
      csv("/exhibition", with_, "trend"),
      one => behind.votes(`${name}, ${pointText(one.point, true)}`, partOf(one.point)),
      this.context.me.canAcknowledge ? annotation => this.curation.remove(museum, annotation) : undefined,
    );
    showVotes(this.votes, data, csv("/exhibition", with_, "votes"), value =>
      behind.votes(`${name}: ${safe(data.buttons[value]?.name)}`, { types: [value] }),
    );
    showBusiest(
      this.hours,
      { period: data.period, cells: data.hours },
      museumOf(this.context),
      csv("/exhibition", with_, "hours"),
      { open: (title, part) => behind.votes(`${name}: ${title}`, part) },
    );
    showCalls(this.calls, data, museumOf(this.context), csv("/exhibition", with_, "calls"), (column, kind, types) =>
      behind.calls(`${kind ?? "Calls"} at ${name} from ${longName(column)}`, {
        hours: column.hours,
        ...(types ? { types } : {}),
      }),
    );
    showKiosk(this.kiosk, data, csv("/data/kiosks", kiosks), () => behind.refused(`Refused records of ${name}`));
  }

  private head(data: Exhibition, view: View, behind: Behind): HTMLElement[] {
    const { rating, target, ownTarget, calls, trend } = data;
    const name = safe(rating.name);
    const compared = view.compare ? rating.previous : null;
    const all = (): void => behind.votes(`Votes for ${name}`);
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
          [rating.mean === null ? fixed(rating.mean) : opens(fixed(rating.mean), "show its votes", all)],
          rating.low === null
            ? "too few votes for an interval"
            : `${fixed(rating.low)} to ${fixed(rating.high)} with 95 % confidence`,
        ),
        stat(
          "Votes",
          [counted(rating.votes, "show these presses", all)],
          rating.votesPerOpenHour === null ? "" : `${fixed(rating.votesPerOpenHour, 1)} per opening hour`,
        ),
        compared && compared.change !== null
          ? stat(
              "Against the period before",
              [
                opens(signed(compared.change), "show the votes of the period before", () =>
                  behind.votes(`Votes for ${name}, the period before`, {
                    otherDays: [data.period.previousFrom!, data.period.previousTo!],
                  }),
                ),
              ],
              `mean was ${fixed(compared.mean)} of ${plural(compared.votes, "vote")}`,
            )
          : stat("Target", [fixed(target.mean)], ownTarget ? "its own" : "the museum’s"),
        stat(
          "Calls for help",
          [counted(allCalls(calls), "show these calls", () => behind.calls(`Calls for help at ${name}`))],
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
