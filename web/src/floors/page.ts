// The museum as a building: its floors with their exhibitions, coloured by how they are liked or by who waits there.

import { address, csv } from "../api/client";
import type { FloorPlan, Period } from "../api/types";
import { h, replace } from "../base/dom";
import { icons } from "../base/icons";
import { count, fixed, floorName, safe } from "../base/text";
import { Figure } from "../figures/figure";
import { table } from "../figures/table";
import { statusPill } from "../ratings/words";
import { sentence } from "../safety/headline";
import type { Context, Page } from "../shell/context";
import { museumOf } from "../shell/context";
import { exhibitionLink } from "../shell/exhibition-link";
import { Loading } from "../shell/load";
import { isEmpty } from "../shell/start";
import type { View } from "../shell/state";
import { query } from "../shell/state";
import type { Calls, Colour, Placed } from "./room";
import { callText, grouped, pin, room } from "./room";

type Floor = FloorPlan["floors"][number];

const choices: [Colour, string][] = [
  ["ratings", "Ratings"],
  ["calls", "Open calls"],
];

export class FloorsPage implements Page {
  readonly title = "Floors";
  readonly element: HTMLElement;
  private readonly loading = new Loading();
  private readonly head = h("h1", {}, "Floors");
  private readonly colours = h("div", { class: "segments", role: "group", "aria-label": "Coloured by" });
  private readonly figure = new Figure("floors", "The building", 480, this.colours, 2);
  /** A picture is drawn once, and not again with every press. */
  private readonly pictures = new Map<string, HTMLImageElement>();
  private data: FloorPlan | null = null;

  constructor(
    private readonly context: Context,
    private readonly tell: (period: Period | null) => void,
  ) {
    this.element = h(
      "div",
      { class: "page" },
      h("section", { class: "headline", "aria-label": "In short" }, this.head),
      this.figure.element,
    );
    context.live.onPresses(() => this.draw());
    context.live.onState(() => this.tellTitle());
  }

  show(view: View): void {
    this.loading.begin();
    this.choose(view);
    const q = query(view).toString();
    void this.loading.into<FloorPlan>(
      "/floor-plan",
      q,
      [this.figure],
      data => {
        this.data = data;
        this.tell(data.period);
        this.draw();
      },
      why => {
        this.data = null;
        this.tell(null);
        replace(this.head, "This cannot be shown: ", why);
      },
    );
  }

  private get colour(): Colour {
    return this.context.router.view.colour === "calls" ? "calls" : "ratings";
  }

  private choose(view: View): void {
    const { router } = this.context;
    replace(
      this.colours,
      ...choices.map(([value, name]) =>
        h(
          "button",
          {
            type: "button",
            "data-key": `colour-${value}`,
            "aria-pressed": String((view.colour || "ratings") === value),
            on: { click: () => router.go({ colour: value === "ratings" ? "" : value }) },
          },
          name,
        ),
      ),
    );
  }

  private draw(): void {
    const { data, context, colour } = this;
    if (!data || context.router.view.page !== "floors") return;
    this.tellTitle();
    const link = csv("/floor-plan", query(context.router.view).toString());
    const title = colour === "calls" ? "Where somebody waits" : "How each floor is liked";
    if (data.floors.length === 0) return this.figure.say(title, "No exhibition fits the filters.", link);
    const calls = this.calls();
    const best = data.buttons.length - 1;
    this.figure.show({
      title,
      note:
        colour === "calls"
          ? "The calls that are open now, whatever days are chosen above. An exhibition leads to its own page."
          : `Mean of votes from 0 (${safe(data.buttons[0]?.name).toLowerCase()}) to ${best} (${safe(data.buttons.at(-1)?.name).toLowerCase()}); hollow: not enough votes. An exhibition leads to its own page.`,
      csv: link,
      above: legend(colour, data),
      drawing: h("ol", { class: "building" }, ...data.floors.map(floor => this.floor(floor, calls, best))),
      table: () => plain(data, calls),
    });
  }

  private tellTitle(): void {
    const { data, context } = this;
    if (!data || context.router.view.page !== "floors") return;
    const text =
      this.colour === "calls" || context.live.open() > 0
        ? sentence(context.live, undefined, isEmpty(context))
        : likedBest(data);
    if (this.head.textContent !== text) this.head.textContent = text;
  }

  private calls(): (id: string) => Calls {
    const { live } = this.context;
    const [open, taken] = [live.openPresses(), live.takenPresses()].map(presses =>
      grouped(presses, press => press.exhibition?.publicId ?? ""),
    );
    return id => ({ open: open?.get(id) ?? [], taken: taken?.get(id) ?? [] });
  }

  private floor(floor: Floor, calls: (id: string) => Calls, best: number): HTMLElement {
    const { colour } = this;
    const draw = (how: typeof room) => (one: Placed) => how(one, calls(one.rating.publicId), colour, best);
    const placed = floor.exhibitions.filter(one => one.x !== null);
    return h(
      "li",
      { class: "storey" },
      h("h3", {}, h("bdi", {}, floorName(floor.floor))),
      h(
        "div",
        { class: "storey-body" },
        floor.picture
          ? h("div", { class: "plan" }, this.picture(floor.floor, floor.picture), ...placed.map(draw(pin)))
          : null,
        h("div", { class: "rooms" }, ...floor.exhibitions.map(draw(room))),
      ),
    );
  }

  private picture(floor: string, { width, height, digest }: NonNullable<Floor["picture"]>): HTMLElement {
    const q = new URLSearchParams({ museum: museumOf(this.context)?.code ?? "", floor, digest });
    const src = address("/floor-plan/picture", q.toString());
    let image = this.pictures.get(src);
    if (!image) {
      image = h("img", { src, width, height, alt: `Plan of ${floorName(floor)}`, decoding: "async" });
      this.pictures.set(src, image);
    }
    return image;
  }
}

function likedBest({ floors, buttons }: FloorPlan): string {
  const rated = floors
    .flatMap(floor => floor.exhibitions.map(one => ({ ...one.rating, where: floorName(floor.floor) })))
    .filter(one => one.enough && one.mean !== null)
    .sort((a, b) => b.mean! - a.mean!);
  const [first, last] = [rated[0], rated.at(-1)];
  if (!first || !last) return "Too few votes to say what is liked where";
  const told = (one: typeof first): string => `${safe(one.name)} on ${one.where.replace(/^Floor/, "floor")}`;
  return first === last
    ? `${told(first)} is rated ${fixed(first.mean)} of ${buttons.length - 1}`
    : `Liked best: ${told(first)}. Least: ${told(last)}`;
}

function legend(colour: Colour, { buttons }: FloorPlan): HTMLElement {
  return colour === "ratings"
    ? h(
        "p",
        { class: "legend" },
        h("span", {}, safe(buttons[0]?.name)),
        h("span", { class: "ramp", "aria-hidden": "true" }),
        h("span", {}, safe(buttons.at(-1)?.name)),
        h("span", { class: "swatch weak" }, "not enough votes"),
      )
    : h(
        "p",
        { class: "legend" },
        h("span", { class: "swatch alarm" }, icons.emergency(), "emergency, or unreadable"),
        h("span", { class: "swatch warn" }, icons.assistance(), "assistance"),
        h("span", { class: "swatch way" }, icons.walk(), "somebody is on the way"),
        h("span", { class: "swatch none" }, icons.check(), "no open call"),
      );
}

function plain({ floors }: FloorPlan, calls: (id: string) => Calls): HTMLElement {
  type Row = Placed & { floor: string };
  return table<Row>({
    caption: "Exhibitions by floor",
    rows: floors.flatMap(floor => floor.exhibitions.map(one => ({ ...one, floor: floor.floor }))),
    columns: [
      { name: "Floor", cell: one => floorName(one.floor) },
      { name: "Exhibition", head: true, cell: one => exhibitionLink(one.rating.publicId, one.rating.name) },
      { name: "Votes", number: true, cell: one => count(one.rating.votes) },
      { name: "Mean", number: true, cell: one => fixed(one.rating.mean) },
      { name: "Target", cell: one => statusPill(one.rating.status) },
      { name: "Open calls", cell: one => callText(calls(one.rating.publicId)) || "none" },
      {
        name: "On the picture",
        class: "extra",
        cell: one => (one.x === null ? "not placed" : `${fixed(one.x)}, ${fixed(one.y)}`),
      },
    ],
  });
}
