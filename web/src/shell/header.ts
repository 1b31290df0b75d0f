// The top of every page: which museum, which page, and whether it is live.

import { change } from "../api/client";
import { append, h, replace } from "../base/dom";
import { icons } from "../base/icons";
import { base } from "../base/place";
import { safe } from "../base/text";
import { ago, clock } from "../base/time";
import { announce } from "./announce";
import type { Context } from "./context";
import { museumOf } from "./context";
import type { Sound } from "./sound";
import type { PageName } from "./state";
import { onTheme, theme, toggle } from "./theme";

const tabs: [PageName, string][] = [
  ["ratings", "Ratings"],
  ["safety", "Safety"],
  ["floors", "Floors"],
  ["data", "Data health"],
  ["all", "All museums"],
];

export function header(context: Context, sound: Sound): HTMLElement {
  const { router, museums } = context;
  const links = tabs
    .filter(([page]) => page !== "all" || museums.length > 1)
    .map(([page, name]) => {
      const link = h(
        "a",
        {
          href: router.href({ page }),
          "data-page": page,
          on: { click: event => follow(event as MouseEvent, () => router.go({ page })) },
        },
        name,
      );
      router.onChange(() => (link.href = router.href({ page })));
      return link;
    });
  const mark = (): void =>
    links.forEach(link =>
      link.dataset["page"] === (router.view.page === "exhibition" ? "ratings" : router.view.page)
        ? link.setAttribute("aria-current", "page")
        : link.removeAttribute("aria-current"),
    );
  mark();
  router.onChange(mark);
  return h(
    "header",
    { class: "top" },
    h("div", { class: "brand" }, icons.museum(), museumName(context)),
    h("nav", { "aria-label": "Pages" }, ...links),
    h(
      "div",
      { class: "top-end" },
      liveState(context),
      sound.button,
      screenLink(context),
      themeButton(),
      account(context),
    ),
  );
}

/** A plain click navigates within the page; any other is left to the browser. */
export function follow(event: MouseEvent, act: () => void): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  act();
}

function museumName(context: Context): HTMLElement {
  const { museums, router } = context;
  if (museums.length < 2) return h("strong", {}, safe(museums[0]?.name ?? "Museum"));
  const select = h(
    "select",
    {
      "aria-label": "Museum",
      on: { change: () => router.go({ museum: select.value, exhibition: [], floor: [], department: [], focus: "" }) },
    },
    ...museums.map(museum => h("option", { value: museum.code }, safe(museum.name))),
  );
  const name = h("strong", { class: "tv-name" });
  const choose = (): void => {
    select.value = museumOf(context)?.code ?? "";
    name.textContent = safe(museumOf(context)?.name);
  };
  choose();
  router.onChange(choose);
  return h("span", {}, select, name);
}

/** Green means received: not that this page reaches the server, but that presses reach the museum's database. */
function liveState({ live }: Context): HTMLElement {
  const words = h("span");
  const element = h("div", { class: "live", role: "status", id: "live" }, h("i", { "aria-hidden": "true" }), words);
  const tell = (): void => {
    const reception = live.reception();
    element.dataset["connection"] = live.connection;
    element.dataset["state"] =
      live.connection !== "live"
        ? live.connection
        : !reception
          ? "connecting"
          : !reception.healthy
            ? "deaf"
            : reception.state === "history"
              ? "history"
              : "live";
    const text =
      live.connection === "connecting"
        ? "Connecting…"
        : live.connection === "lost"
          ? live.heard
            ? `Reconnecting…, data of ${clock(live.heard)}`
            : "Reconnecting…"
          : (said[reception?.state ?? ""] ?? (reception?.healthy === false ? "Nothing received" : "Connecting…"));
    if (words.textContent !== text) words.textContent = text;
    element.title = reception?.lastArrival ? `Newest arrival ${ago(reception.lastArrival)}` : "";
  };
  tell();
  live.onState(tell);
  return element;
}

const said: Record<string, string> = { receiving: "Live", closed: "Live, museum closed", history: "History only" };

function themeButton(): HTMLElement {
  const button = h("button", {
    class: "round",
    type: "button",
    on: {
      click: () => {
        toggle();
        announce(`${theme()} colours`);
      },
    },
  });
  const look = (): void => {
    replace(button, theme() === "dark" ? icons.sun() : icons.moon());
    button.setAttribute("aria-label", theme() === "dark" ? "Use light colours" : "Use dark colours");
    button.title = button.getAttribute("aria-label")!;
  };
  look();
  onTheme(look);
  return button;
}

function screenLink({ router }: Context): HTMLElement {
  const link = h(
    "a",
    {
      class: "round",
      href: router.href({ tv: true }),
      "aria-label": "Large screen mode",
      title: "Large screen mode",
      on: { click: event => follow(event as MouseEvent, () => router.go({ tv: true })) },
    },
    icons.screen(),
  );
  router.onChange(() => (link.href = router.href({ tv: true })));
  return link;
}

function account({ live, me }: Context): HTMLElement | null {
  if (!me.loginRequired) return null;
  const leave = async (): Promise<void> => {
    await change(`${base}/logout`, {}).catch(() => undefined);
    live.signOut();
    location.assign(`${base}/login`);
  };
  const element = h("div", { class: "account" });
  append(element, [
    h("a", { href: `${base}/account`, title: "Your login" }, safe(me.name ?? me.role)),
    h("button", { class: "quiet", type: "button", on: { click: () => void leave() } }, "Sign out"),
  ]);
  return element;
}
