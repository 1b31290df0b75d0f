// Safety for every museum you may see: where presses arrive, who waits, and the calls as they arrive.

import type { Museum } from "../api/types";
import { h, keyed } from "../base/dom";
import { icons } from "../base/icons";
import { count, safe } from "../base/text";
import { relative } from "../base/time";
import { table } from "../figures/table";
import type { Act } from "../shell/act";
import type { Context, Page } from "../shell/context";
import { follow } from "../shell/header";
import { pill } from "../shell/pill";
import { Feed } from "./feed";
import { sentence } from "./headline";
import { Incidents } from "./incidents";

export class AllPage implements Page {
  readonly title = "All museums";
  readonly element: HTMLElement;
  private readonly head = h("h1", {}, "All museums");
  private readonly body = h("div", { class: "figure-body" });
  private readonly feed: Feed;
  private stamp = "";

  constructor(
    private readonly context: Context,
    act: Act,
  ) {
    this.feed = new Feed(context, act, true);
    this.element = h(
      "div",
      { class: "page" },
      h("section", { class: "headline", "aria-label": "In short" }, this.head),
      h(
        "section",
        { class: "figure", id: "museums", "aria-labelledby": "museums-title" },
        h("header", {}, h("div", { class: "figure-words" }, h("h2", { id: "museums-title" }, "Museums"))),
        this.body,
      ),
      h("div", { class: "pair feed-pair" }, this.feed.element, new Incidents(context, act, true).element),
    );
    context.live.onPresses(() => this.update());
    context.live.onState(() => this.update());
  }

  show(): void {
    this.feed.show(this.context.router.view);
    this.update();
  }

  private update(): void {
    const { live, museums } = this.context;
    const text = sentence(live, "*");
    if (this.head.textContent !== text) this.head.textContent = text;
    const stamp = JSON.stringify(
      museums.map(({ code }) => [live.reception(code), live.open(code), live.takenPresses(code).length]),
    );
    if (stamp === this.stamp) return;
    this.stamp = stamp;
    keyed(
      this.body,
      [stamp],
      () => "museums",
      () => stamp,
      () => this.table(),
    );
  }

  private table(): HTMLElement {
    const { live, museums, router } = this.context;
    const emergencies = ({ code }: Museum): number =>
      live.openPresses(code).filter(press => press.kind === "emergency").length;
    return table<Museum>({
      caption: "Museums",
      rows: museums,
      columns: [
        {
          name: "Museum",
          head: true,
          cell: ({ code, name }) =>
            h(
              "a",
              {
                href: router.href({ page: "safety", museum: code }),
                on: {
                  click: event =>
                    follow(event as MouseEvent, () =>
                      router.go({ page: "safety", museum: code, exhibition: [], floor: [], department: [] }),
                    ),
                },
              },
              h("bdi", {}, safe(name)),
            ),
        },
        { name: "Presses", cell: ({ code }) => arriving(live.reception(code)) },
        {
          name: "Newest arrival",
          cell: ({ code }) => {
            const at = live.reception(code)?.lastArrival;
            return at ? relative(at) : "–";
          },
        },
        {
          name: "Emergencies open",
          number: true,
          cell: museum => (emergencies(museum) ? h("b", { class: "alarm-text" }, count(emergencies(museum))) : "0"),
        },
        { name: "Calls open", number: true, cell: ({ code }) => count(live.open(code)) },
        { name: "On the way", number: true, cell: ({ code }) => count(live.takenPresses(code).length) },
      ],
    });
  }
}

function arriving(reception: ReturnType<Context["live"]["reception"]>): Node {
  if (!reception) return pill("quiet", icons.dots(), "Not known yet");
  if (!reception.healthy)
    return h("span", {}, pill("bad", icons.below(), "Not arriving"), " ", h("small", {}, safe(reception.problem)));
  if (reception.state === "history") return pill("quiet", icons.empty(), "History only");
  return reception.state === "closed"
    ? pill("calm", icons.check(), "Arriving; closed now")
    : pill("good", icons.check(), "Arriving");
}
