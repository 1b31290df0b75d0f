// One exhibition on its floor: how it is liked, and who waits there. A word and an icon for every colour.

import type { FloorPlan, Press } from "../api/types";
import { h } from "../base/dom";
import { icons, smiley } from "../base/icons";
import { colourOf } from "../base/scale";
import { fixed, plural, safe } from "../base/text";
import { statusPill } from "../ratings/words";
import { kindWord } from "../safety/words";
import { exhibitionHref } from "../shell/exhibition-link";
import { pill } from "../shell/pill";

export type Placed = FloorPlan["floors"][number]["exhibitions"][number];
export type Colour = "ratings" | "calls";

/** The open calls of one exhibition, as they are on the page's stream. */
export interface Calls {
  open: Press[];
  taken: Press[];
}

const order = { emergency: 0, unreadable: 1, assistance: 2, other: 3 };

type Tone = "alarm" | "warn" | "way" | "none";

export const toneOf = ({ open, taken }: Calls): Tone =>
  open.some(press => press.kind === "emergency" || press.kind === "unreadable")
    ? "alarm"
    : open.length
      ? "warn"
      : taken.length
        ? "way"
        : "none";

const several = (many: number, word: string): string => (many === 1 ? word : `${many} × ${word}`);

/** For example: Emergency, 2 × Assistance open; on the way to 1. */
export function callText({ open, taken }: Calls): string {
  const kinds = new Map<string, number>();
  for (const press of open) kinds.set(kindWord(press), (kinds.get(kindWord(press)) ?? 0) + 1);
  const waiting = [...kinds].map(([word, many]) => several(many, word)).join(", ");
  const way = taken.length ? `somebody on the way to ${taken.length}` : "";
  return [waiting && `${waiting} open`, way].filter(Boolean).join("; ");
}

export function grouped<T>(all: T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return groups;
}

function callPills(calls: Calls, colour: Colour): HTMLElement[] {
  const { open, taken } = calls;
  const kinds = grouped(open, kindWord);
  const pills = [...kinds].map(([word, some]) => {
    const bad = some[0]!.kind === "emergency" || some[0]!.kind === "unreadable";
    return pill(bad ? "bad" : "warn", icons[some[0]!.kind](), `${several(some.length, word)} open`);
  });
  if (taken.length) pills.push(pill("calm", icons.walk(), `${plural(taken.length, "call")}: on the way`));
  if (pills.length === 0 && colour === "calls") pills.push(pill("quiet", icons.check(), "No open call"));
  return pills;
}

/** Hollow where there are too few votes: the colour would say more than they do. */
function paint(element: HTMLElement, one: Placed, calls: Calls, colour: Colour, best: number): void {
  const { mean, enough } = one.rating;
  element.dataset["tone"] = colour === "calls" ? toneOf(calls) : mean === null || !enough ? "weak" : "rated";
  if (colour === "ratings" && mean !== null) element.style.setProperty("--room", colourOf(mean, best));
}

const liked = ({ rating }: Placed, best: number): string =>
  rating.mean === null ? "nobody voted" : `rated ${fixed(rating.mean)} of ${best}`;

/** A room of the building. */
export function room(one: Placed, calls: Calls, colour: Colour, best: number): HTMLElement {
  const { rating } = one;
  const element = h(
    "a",
    {
      class: "room",
      href: exhibitionHref(rating.publicId),
      "data-exhibition": rating.publicId,
      "data-key": `room-${rating.publicId}`,
    },
    h("strong", { class: "room-name" }, h("bdi", {}, safe(rating.name))),
    h(
      "span",
      { class: "room-mean" },
      ...(rating.mean === null
        ? [h("small", {}, "nobody voted")]
        : [
            smiley(Math.round(rating.mean), best),
            h("b", {}, fixed(rating.mean)),
            h("small", {}, `of ${best}, ${plural(rating.votes, "vote")}`),
          ]),
    ),
    h("span", { class: "room-pills" }, ...callPills(calls, colour), statusPill(rating.status)),
  );
  paint(element, one, calls, colour, best);
  return element;
}

/** A pin on a picture; the room below it says the rest. */
export function pin(one: Placed, calls: Calls, colour: Colour, best: number): HTMLElement {
  const { rating } = one;
  const text = callText(calls);
  const element = h(
    "a",
    {
      class: "pin",
      href: exhibitionHref(rating.publicId),
      "data-exhibition": rating.publicId,
      "data-key": `pin-${rating.publicId}`,
      title: `${safe(rating.name)}: ${liked(one, best)}${text ? `, ${text}` : ""}`,
    },
    h("i", { class: "dot", "aria-hidden": "true" }),
    h("span", { class: "pin-name" }, safe(rating.name)),
    colour === "ratings" ? h("b", {}, fixed(rating.mean)) : null,
    mark(calls, colour),
  );
  element.style.left = `${(one.x ?? 0) * 100}%`;
  element.style.top = `${(one.y ?? 0) * 100}%`;
  // Kept on the picture: near its right edge it hangs to the left.
  element.classList.toggle("leftwards", (one.x ?? 0) > 0.5);
  paint(element, one, calls, colour, best);
  return element;
}

/** What calls for somebody stands on the pin whatever its colour means. */
function mark(calls: Calls, colour: Colour): HTMLElement | null {
  const tone = toneOf(calls);
  if (tone === "none")
    return colour === "calls" ? h("span", { class: "pin-calls" }, icons.check(), h("span", {}, "no call")) : null;
  const first = [...calls.open].sort((a, b) => order[a.kind] - order[b.kind])[0];
  return h(
    "span",
    { class: `pin-calls ${tone}` },
    first ? icons[first.kind]() : icons.walk(),
    h("span", {}, first ? `${calls.open.length > 1 ? `${calls.open.length} open` : kindWord(first)}` : "on the way"),
  );
}
