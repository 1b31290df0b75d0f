// Emergencies nobody has acknowledged: on every page, until somebody does.
import { h, keyed } from "../base/dom";
import { icons } from "../base/icons";
import { relative, when } from "../base/time";
import type { Press } from "../api/types";
import { instant } from "../api/live";
import { place } from "../safety/words";
import type { Context } from "./context";
import type { Acknowledge } from "./acknowledge";
import { Sound } from "./sound";

const inSight = 3;

export function alerts(context: Context, acknowledge: Acknowledge): HTMLElement {
  const sound = new Sound();
  const list = h("div", { class: "alert-list" });
  const more = h("p", { class: "alert-count", hidden: true });
  const element = h("section", { class: "alerts", "aria-label": "Emergencies nobody has acknowledged", hidden: true }, h("div", { class: "alert-room" }, more, list), sound.button);
  const update = (): void => {
    // Those that waited too long first; a wall has no room for all of many.
    const open = context.live.openPresses().filter(press => press.kind === "emergency").sort((a, b) => Number(b.escalatedAt !== null) - Number(a.escalatedAt !== null));
    element.hidden = open.length === 0;
    document.documentElement.classList.toggle("alarm", open.length > 0);
    document.title = document.title.replace(/^\(\d+\) /, "");
    if (open.length) document.title = `(${open.length}) ${document.title}`;
    // Many at once scroll in their own room: the page under them stays in reach.
    more.hidden = open.length <= inSight;
    more.textContent = `${open.length} emergencies are open`;
    if (open.length > inSight) list.tabIndex = 0;
    else list.removeAttribute("tabindex");
    keyed(list, open, press => press.id, press => press.state + press.escalatedAt, press => card(press, context, acknowledge));
    sound.wanted(open.length > 0);
  };
  context.live.onPresses(update);
  return element;
}

function card(press: Press, { me }: Context, acknowledge: Acknowledge): HTMLElement {
  return h("div", { class: "alert" },
    h("div", { class: "alert-words", role: "alert" },
      icons.emergency(), h("strong", {}, "Emergency"), place(press), h("time", { datetime: instant(press) }, when(instant(press))),
      press.outOfHours ? h("span", { class: "tag" }, "outside opening hours") : null,
      press.escalatedAt ? h("span", { class: "tag" }, "escalated ", when(press.escalatedAt)) : null),
    h("span", { class: "age" }, "open for ", relative(instant(press), "for")),
    me.canAcknowledge ? h("button", { class: "alarm-button", type: "button", "data-key": `alert-${press.id}`, on: { click: () => acknowledge.ask(press, "acknowledge") } }, "Acknowledge") : null);
}
