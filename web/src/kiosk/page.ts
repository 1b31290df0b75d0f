// A kiosk for a tablet or a phone, in a demo: its buttons, and what becomes of each press.

import { read } from "../api/client";
import type { Exh } from "../api/types";
import { h, replace } from "../base/dom";
import { icons, smiley } from "../base/icons";
import { base } from "../base/place";
import { floorName, safe } from "../base/text";
import { apply } from "../shell/theme";
import type { Fate } from "./press";
import { press } from "./press";

interface Button {
  value: number;
  name: string;
  alarms: boolean;
}

interface Museum {
  museum: string;
  name: string;
  open: boolean;
  opens: string;
  closes: string;
  exhibitions: Exh[];
  ratings: Button[];
  help: Button[];
}

interface Pressed {
  number: number;
  at: Date;
  exhibition: Exh;
  button: Button;
  help: boolean;
  fate: Fate;
}

const seconds = 1_000;
const shown = 5;
const lookEvery = 15 * seconds;

let museum: Museum;
let exhibition: Exh;
let pressed: Pressed[] = [];
let number = 0;

const closed = h("p", { class: "closed", role: "status", hidden: true });
const faces = h("div", { class: "faces", role: "group", "aria-label": "How was it?" });
const help = h("div", { class: "help", role: "group", "aria-label": "Do you need help?" });
const list = h("ol", { class: "fates" });
const none = h("p", { class: "note" }, "Press a button: here you see how far your press has come.");
const voice = h("p", { class: "unseen", role: "status" });
const choice = h("select", { id: "exhibition", on: { change: () => choose(choice.value) } });

apply();
void begin();

async function begin(): Promise<void> {
  const words = h("p", { class: "starting", role: "status" }, "Switching the kiosk on…");
  replace(document.body, words);
  for (;;) {
    try {
      museum = await read<Museum>(`${base}/kiosk/museum`, 5 * seconds);
      if (museum.exhibitions.length > 0) break;
      words.textContent = "The museum has no exhibitions yet.";
    } catch (e) {
      words.textContent = e instanceof Error ? e.message : String(e);
    }
    await new Promise(done => setTimeout(done, 3 * seconds));
  }
  build();
  setInterval(() => void look(), lookEvery);
}

function build(): void {
  choose(new URLSearchParams(location.search).get("exhibition") ?? "");
  draw();
  replace(
    document.body,
    h(
      "header",
      { class: "kiosk-top" },
      h("p", { class: "brand" }, icons.museum(), h("strong", {}, safe(museum.name))),
      h("a", { class: "quiet-link", href: `${base}/ratings?range=today` }, "Dashboard"),
    ),
    h(
      "main",
      { class: "kiosk" },
      h("h1", {}, "How was it?"),
      h("label", { class: "where", for: "exhibition" }, h("span", {}, "You are leaving"), choice),
      closed,
      faces,
      help,
      h(
        "section",
        { class: "journey", "aria-labelledby": "journey" },
        h("h2", { id: "journey" }, "Your presses"),
        none,
        list,
      ),
      voice,
    ),
  );
}

/** The museum may open or close, and exhibitions may be added. */
async function look(): Promise<void> {
  try {
    const fresh = await read<Museum>(`${base}/kiosk/museum`, 5 * seconds);
    if (fresh.exhibitions.length === 0 || JSON.stringify(fresh) === JSON.stringify(museum)) return;
    museum = fresh;
    choose(exhibition.publicId);
    draw();
  } catch {
    // Looked at again soon.
  }
}

function choose(id: string): void {
  exhibition = museum.exhibitions.find(one => one.publicId === id) ?? museum.exhibitions[0]!;
  replace(
    choice,
    ...museum.exhibitions.map(one =>
      h("option", { value: one.publicId, selected: one === exhibition }, `${safe(one.name)}, ${floorName(one.floor)}`),
    ),
  );
  history.replaceState(null, "", `${base}/kiosk?exhibition=${encodeURIComponent(exhibition.publicId)}`);
}

function draw(): void {
  closed.hidden = museum.open;
  closed.textContent = `The museum is closed at this hour. It is open from ${museum.opens} to ${museum.closes}: what you press now is refused, and kept with the reason.`;
  const best = Math.max(...museum.ratings.map(rating => rating.value));
  faces.style.setProperty("--faces", String(museum.ratings.length));
  replace(faces, ...museum.ratings.map(rating => key(rating, false, smiley(rating.value, best))));
  replace(
    help,
    ...museum.help.map(kind =>
      key(kind, true, kind.alarms ? icons.emergency() : kind.value === 0 ? icons.assistance() : icons.other()),
    ),
  );
}

function key(button: Button, isHelp: boolean, picture: SVGElement): HTMLElement {
  const element = h(
    "button",
    {
      type: "button",
      class: isHelp ? `call${button.alarms ? " alarms" : ""}` : "face-button",
      "data-key": `${isHelp ? "help" : "rating"}-${button.value}`,
      on: { click: () => act(element, button, isHelp) },
    },
    picture,
    h("span", {}, safe(button.name)),
  );
  return element;
}

function act(element: HTMLElement, button: Button, isHelp: boolean): void {
  element.classList.remove("pressed");
  // Read, so that the animation begins again.
  void element.offsetWidth;
  element.classList.add("pressed");
  const one: Pressed = {
    number: ++number,
    at: new Date(),
    exhibition,
    button,
    help: isHelp,
    fate: { state: "sending" },
  };
  pressed = [one, ...pressed].slice(0, shown);
  void press(
    { exhibition: exhibition.publicId, ...(isHelp ? { help: button.value } : { rating: button.value }) },
    fate => {
      one.fate = fate;
      if (fate.state !== "sending" && fate.state !== "waiting")
        voice.textContent = `${safe(button.name)}: ${said(one)}`;
      tell();
    },
  );
}

function tell(): void {
  none.hidden = pressed.length > 0;
  replace(list, ...pressed.map((one, place) => (place === 0 ? newest(one) : earlier(one))));
}

function newest(one: Pressed): HTMLElement {
  const { fate } = one;
  return h(
    "li",
    { class: "fate newest", "data-state": fate.state },
    picture(one),
    h(
      "div",
      { class: "fate-words" },
      h("strong", {}, what(one)),
      h("p", { class: "fate-said" }, mark(fate), said(one)),
      link(one),
    ),
    time(one),
    "message" in fate ? h("code", { class: "message" }, safe(fate.message)) : null,
  );
}

function earlier(one: Pressed): HTMLElement {
  const { fate } = one;
  return h(
    "li",
    { class: "fate", "data-state": fate.state },
    picture(one),
    h("p", { class: "one-line" }, h("span", { class: "fate-said" }, mark(fate), short(fate)), " ", what(one)),
    time(one),
  );
}

function picture({ button, help: isHelp }: Pressed): HTMLElement {
  const best = Math.max(...museum.ratings.map(rating => rating.value));
  return h(
    "span",
    { class: "fate-button" },
    !isHelp ? smiley(button.value, best) : button.alarms ? icons.emergency() : icons.assistance(),
  );
}

const what = (one: Pressed): string => `${safe(one.button.name)}, ${safe(one.exhibition.name)}`;

const time = ({ at }: Pressed): HTMLElement =>
  h("time", { datetime: at.toISOString() }, at.toLocaleTimeString("en-GB"));

const short = (fate: Fate): string =>
  `${fate.state === "failed" ? "not stored" : fate.state === "late" ? "waiting" : fate.state}${"place" in fate ? ` ${safe(fate.place)}` : ""}`;

const mark = ({ state }: Fate): SVGElement =>
  state === "stored"
    ? icons.check()
    : state === "sending" || state === "waiting" || state === "late"
      ? icons.clock()
      : icons.close();

/** What is known of it, and no more. */
function said({ fate }: Pressed): string {
  switch (fate.state) {
    case "sending":
      return "On its way to the broker…";
    case "waiting":
      return `The broker has it as ${safe(fate.place)}. Waiting for the database…`;
    case "late":
      return `The broker has it as ${safe(fate.place)}, but the database does not have it yet. Still looking…`;
    case "stored":
      return `Stored as ${safe(fate.place)}, ${(fate.after / seconds).toFixed(2)} s after you pressed.`;
    case "refused":
      return `Refused: ${safe(fate.meaning)} (${safe(fate.detail)}). It is kept in quarantine as ${safe(fate.place)}.`;
    case "unknown":
      return `It was read as ${safe(fate.place)}, but the database holds neither a press nor a refusal of it.`;
    case "failed":
      return `Not stored: ${safe(fate.why)}`;
  }
}

function link({ fate, help: isHelp, exhibition: { publicId } }: Pressed): HTMLElement | null {
  const [href, words] =
    fate.state === "refused"
      ? ["/data", "See it on Data health"]
      : fate.state !== "stored"
        ? ["", ""]
        : isHelp
          ? ["/safety?range=today", "See it on the safety page"]
          : [`/exhibition?range=today&exhibition=${encodeURIComponent(publicId)}`, "See it on the exhibition's page"];
  return href ? h("a", { class: "see", href: base + href }, words) : null;
}
