// Who waits, and for how long: the oldest first.
import { h, keyed, replace } from "../base/dom";
import { plural } from "../base/text";
import { relative, when } from "../base/time";
import { instant } from "../api/live";
import type { Press } from "../api/types";
import type { Acknowledge } from "../shell/acknowledge";
import type { Context } from "../shell/context";
import { button } from "./feed";
import { kindIcon, kindWord, place } from "./words";

const order = { emergency: 0, unreadable: 1, assistance: 2, other: 3 };

/** What is in sight beside the feed; emergencies always are. */
const inSight = 8;

export class Incidents {
  private all = false;
  private readonly more = h("button", { class: "quiet", type: "button", hidden: true, on: { click: () => this.toggle() } });
  private readonly note = h("p", { class: "note" });
  private readonly list = h("ol", { class: "incidents" });
  readonly element = h("section", { class: "figure", id: "open", "aria-labelledby": "open-title" },
    h("header", {}, h("div", { class: "figure-words" }, h("h2", { id: "open-title" }, "Open now"), this.note)), this.list, this.more);

  constructor(private readonly context: Context, private readonly acknowledge: Acknowledge) {
    context.live.onPresses(() => this.update());
    this.update();
  }

  private update(): void {
    const open = this.context.live.openPresses().sort((a, b) => order[a.kind] - order[b.kind] || instant(a).localeCompare(instant(b)));
    this.note.textContent = open.length ? `${plural(this.context.live.open, "call")} nobody has acknowledged, emergencies first, then the oldest.` : "";
    const some = Math.max(inSight, open.filter(press => press.kind === "emergency").length);
    keyed(this.list, this.all ? open : open.slice(0, some), press => press.id, press => `${press.escalatedAt}`, press => this.row(press));
    if (open.length === 0) replace(this.list, h("li", { class: "empty" }, "No call is open."));
    this.more.hidden = open.length <= some;
    this.more.textContent = this.all ? "Show fewer" : `Show all ${open.length}`;
    this.more.setAttribute("aria-expanded", `${this.all}`);
  }

  private toggle(): void {
    this.all = !this.all;
    this.update();
  }

  private row(press: Press): HTMLElement {
    return h("li", { class: `incident ${press.kind}` }, kindIcon(press),
      h("div", {}, h("strong", {}, kindWord(press)), press.outOfHours ? h("span", { class: "tag" }, "out of hours") : null, place(press), press.escalatedAt ? h("small", {}, `escalated ${when(press.escalatedAt)}`) : null),
      h("span", { class: "age" }, relative(instant(press), "for")), button(press, this.context, this.acknowledge));
  }
}
