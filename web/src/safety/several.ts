// Several calls at once: all from one kiosk, or all older than some time.

import { instant } from "../api/instant";
import type { Press } from "../api/types";
import { h, replace } from "../base/dom";
import { plural } from "../base/text";
import { now } from "../base/time";
import type { Act, Action } from "../shell/act";
import type { Context } from "../shell/context";
import { placeName } from "./words";

const ages: [string, number][] = [
  ["older than 15 minutes", 15],
  ["older than an hour", 60],
  ["older than four hours", 240],
  ["older than a day", 1_440],
];

/** The most in one request. */
const most = 500;

export class Several {
  private readonly kiosk = h("select", { name: "kiosk" });
  private readonly age = h(
    "select",
    { name: "age" },
    h("option", { value: "0" }, "of any age"),
    ...ages.map(([text, minutes]) => h("option", { value: minutes }, text)),
  );
  private readonly found = h("p", { class: "note", role: "status" });
  private readonly acts: HTMLButtonElement[];
  readonly element: HTMLDetailsElement;

  constructor(
    private readonly context: Context,
    private readonly act: Act,
    private readonly scope: string | undefined,
  ) {
    this.acts = (
      [
        ["acknowledge", "On my way"],
        ["resolve", "Resolve"],
      ] as [Action, string][]
    ).map(([action, text]) =>
      h(
        "button",
        { type: "button", class: action === "resolve" ? "primary" : "quiet", on: { click: () => this.go(action) } },
        text,
      ),
    );
    this.element = h(
      "details",
      { class: "menu", id: "several" },
      h("summary", { "data-key": "several" }, "Several at once"),
      h(
        "form",
        { class: "sheet" },
        h("label", {}, "Calls of", this.kiosk),
        h("label", {}, "Which", this.age),
        this.found,
        h("div", { class: "buttons" }, ...this.acts),
      ),
    );
    this.element.addEventListener("toggle", () => this.element.open && this.offer());
    for (const choice of [this.kiosk, this.age]) choice.addEventListener("change", () => this.count());
    this.element.addEventListener("keydown", event => {
      if (event.key !== "Escape") return;
      this.element.open = false;
      this.element.querySelector("summary")?.focus();
    });
    document.addEventListener(
      "click",
      event => !this.element.contains(event.target as Node) && (this.element.open = false),
    );
    context.live.onPresses(() => this.element.open && this.count());
  }

  private waiting = (): Press[] => [
    ...this.context.live.openPresses(this.scope),
    ...this.context.live.takenPresses(this.scope),
  ];

  private offer(): void {
    const names = [...new Set(this.waiting().map(placeName))].sort((a, b) => a.localeCompare(b, "en-GB"));
    replace(
      this.kiosk,
      h("option", { value: "" }, "all kiosks"),
      ...names.map(name => h("option", { value: name }, name)),
    );
    this.count();
  }

  private chosen(action: Action): Press[] {
    const before = now() - Number(this.age.value) * 60_000;
    return this.waiting()
      .filter(
        press =>
          (!this.kiosk.value || placeName(press) === this.kiosk.value) &&
          Date.parse(instant(press)) <= before &&
          (action === "resolve" || press.state === "open"),
      )
      .slice(0, most);
  }

  private count(): void {
    const [open, all] = [this.chosen("acknowledge").length, this.chosen("resolve").length];
    this.found.textContent =
      all === 0
        ? "No such call is waiting."
        : `${plural(all, "call")}${open < all ? `, to ${open} of which nobody is on the way` : ""}.`;
    this.acts[0]!.disabled = open === 0;
    this.acts[1]!.disabled = all === 0;
  }

  private go(action: Action): void {
    const presses = this.chosen(action);
    this.element.open = false;
    if (presses.length) this.act.ask(presses, action);
  }
}
