// Who waits, and for how long: emergencies first, then the oldest; then those that somebody is on the way to.

import { instant } from "../api/instant";
import type { Press } from "../api/types";
import { h, keyed, replace } from "../base/dom";
import { plural, safe } from "../base/text";
import { relative, when } from "../base/time";
import type { Act } from "../shell/act";
import type { Context } from "../shell/context";
import { buttons } from "./feed";
import { Several } from "./several";
import { kindIcon, kindWord, museumName, place } from "./words";

const order = { emergency: 0, unreadable: 1, assistance: 2, other: 3 };

/** How many are shown beside the feed; emergencies always are. */
const inSight = 8;

export class Incidents {
  private all = false;
  private readonly more = h("button", {
    class: "quiet",
    type: "button",
    hidden: true,
    on: { click: () => this.toggle() },
  });
  private readonly note = h("p", { class: "note" });
  private readonly list = h("ol", { class: "incidents", "aria-label": "Calls that wait for somebody" });
  private readonly taken = h("ol", { class: "incidents taken", "aria-label": "Calls that somebody is on the way to" });
  private readonly way = h("h3", { hidden: true }, "On the way");
  readonly element: HTMLElement;

  constructor(
    private readonly context: Context,
    private readonly act: Act,
    private readonly everywhere = false,
  ) {
    const several = context.me.canAcknowledge ? new Several(context, act, everywhere ? "*" : undefined).element : null;
    this.element = h(
      "section",
      { class: "figure", id: "open", "aria-labelledby": "open-title" },
      h(
        "header",
        {},
        h("div", { class: "figure-words" }, h("h2", { id: "open-title" }, "Open now"), this.note),
        h("div", { class: "tools" }, several),
      ),
      this.list,
      this.more,
      this.way,
      this.taken,
    );
    context.live.onPresses(() => this.update());
    context.live.onState(() => this.update());
    this.update();
  }

  private update(): void {
    const { live } = this.context;
    const scope = this.everywhere ? "*" : undefined;
    const first = (a: Press, b: Press): number => order[a.kind] - order[b.kind] || instant(a).localeCompare(instant(b));
    const open = live.openPresses(scope).sort(first);
    this.note.textContent = open.length
      ? `${plural(live.open(scope), "call")} that nobody is on the way to, emergencies first, then the oldest.`
      : "";
    const some = Math.max(inSight, open.filter(press => press.kind === "emergency").length);
    keyed(
      this.list,
      this.all ? open : open.slice(0, some),
      press => press.id,
      press => `${press.escalatedAt}`,
      press => this.row(press),
    );
    if (open.length === 0 && live.connection !== "connecting")
      replace(this.list, h("li", { class: "empty" }, "No call is open."));
    this.more.hidden = open.length <= some;
    this.more.textContent = this.all ? "Show fewer" : `Show all ${open.length}`;
    this.more.setAttribute("aria-expanded", `${this.all}`);
    const taken = live.takenPresses(scope).sort(first);
    this.way.hidden = this.taken.hidden = taken.length === 0;
    keyed(
      this.taken,
      taken,
      press => press.id,
      press => `${press.overdue} ${press.escalatedAt} ${press.acknowledgedAt}`,
      press => this.row(press),
    );
  }

  private toggle(): void {
    this.all = !this.all;
    this.update();
  }

  private row(press: Press): HTMLElement {
    const { context } = this;
    return h(
      "li",
      { class: `incident ${press.kind}` },
      kindIcon(press),
      h(
        "div",
        {},
        h("strong", {}, kindWord(press)),
        press.outOfHours ? h("span", { class: "tag" }, "out of hours") : null,
        this.everywhere ? h("span", { class: "tag" }, safe(museumName(context, press.museum))) : null,
        place(press),
        press.state === "acknowledged"
          ? h(
              "small",
              {},
              h("bdi", {}, safe(press.acknowledgedBy)),
              press.overdue ? " on the way, not resolved in time" : " on the way",
            )
          : null,
        press.escalatedAt ? h("small", {}, `escalated ${when(press.escalatedAt)}`) : null,
      ),
      h(
        "span",
        { class: "age" },
        relative(press.state === "acknowledged" && press.acknowledgedAt ? press.acknowledgedAt : instant(press), "for"),
      ),
      ...buttons(press, context, this.act),
    );
  }
}
