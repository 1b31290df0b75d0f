// Emergencies that nobody is on the way to, in every museum: on every page and at any scroll position, newest first,
// one line for each exhibition.

import { instant } from "../api/instant";
import type { Press } from "../api/types";
import { h, keyed } from "../base/dom";
import { icons } from "../base/icons";
import { plural, safe } from "../base/text";
import { relative, when } from "../base/time";
import { museumName, placeFloor, placeLink } from "../safety/words";
import type { Act } from "./act";
import type { Context } from "./context";
import type { Sound } from "./sound";

interface Group {
  key: string;
  presses: Press[];
}

export function alerts(context: Context, act: Act, sound: Sound): HTMLElement {
  const list = h("div", { class: "alert-list" });
  const count = h("p", { class: "alert-count" });
  const element = h(
    "section",
    { class: "alerts", "aria-label": "Emergencies nobody is on the way to", hidden: true },
    icons.emergency(),
    count,
    list,
  );
  const update = (): void => {
    const open = context.live.openPresses("*").filter(press => press.kind === "emergency");
    const overdue = context.live.takenPresses("*").filter(press => press.kind === "emergency" && press.overdue);
    const groups = grouped([...open, ...overdue]);
    element.hidden = groups.length === 0;
    document.documentElement.classList.toggle("alarm", groups.length > 0);
    document.title = document.title.replace(/^\(\d+\) /, "");
    if (groups.length) document.title = `(${open.length + overdue.length}) ${document.title}`;
    const text = plural(open.length + overdue.length, "emergency", "emergencies");
    if (count.textContent !== text) count.textContent = text;
    keyed(
      list,
      groups,
      group => group.key,
      group => JSON.stringify(group.presses.map(press => [press.id, press.escalatedAt, press.state])),
      group => card(group, context, act),
    );
    sound.wanted(groups.length > 0);
  };
  context.live.onPresses(update);
  update();
  return element;
}

/** Newest first; a word marks those that waited too long, or were not resolved in time. */
function grouped(open: Press[]): Group[] {
  const groups = new Map<string, Press[]>();
  for (const press of open) {
    const key = `${press.museum}/${press.exhibition?.publicId ?? press.site ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), press]);
  }
  return [...groups]
    .map(([key, presses]) => ({ key, presses }))
    .sort((a, b) => Date.parse(instant(b.presses[0]!)) - Date.parse(instant(a.presses[0]!)));
}

function card({ key, presses }: Group, context: Context, act: Act): HTMLElement {
  const newest = presses[0]!;
  const escalated = presses
    .filter(press => press.escalatedAt !== null)
    .map(press => press.escalatedAt!)
    .sort()[0];
  const elsewhere = context.museums.length > 1 ? museumName(context, newest.museum) : null;
  const taken = presses.every(press => press.state === "acknowledged");
  return h(
    "div",
    { class: "alert" },
    h(
      "div",
      { class: "alert-words", role: "alert" },
      h("span", { class: "unseen" }, "Emergency: "),
      h("b", {}, placeLink(newest)),
      h("span", { class: "floor" }, [elsewhere && safe(elsewhere), placeFloor(newest)].filter(Boolean).join(", ")),
      presses.length > 1 ? h("b", {}, `${presses.length},`) : null,
      h(
        "span",
        { class: "age", title: when(instant(newest)) },
        presses.length > 1 ? "newest " : "",
        relative(instant(newest)),
      ),
      presses.some(press => press.outOfHours) ? h("span", { class: "tag" }, "out of hours") : null,
      taken
        ? h("span", { class: "tag" }, `${safe(newest.acknowledgedBy)} on the way, not resolved`)
        : escalated
          ? h("span", { class: "tag" }, "escalated ", when(escalated))
          : null,
    ),
    context.me.canAcknowledge
      ? h(
          "button",
          {
            class: "alarm-button",
            type: "button",
            "data-key": `alert-${key}`,
            on: { click: () => act.ask(presses, taken ? "resolve" : "acknowledge") },
          },
          taken ? "Resolve" : presses.length > 1 ? `On my way to all ${presses.length}` : "On my way",
        )
      : null,
  );
}
