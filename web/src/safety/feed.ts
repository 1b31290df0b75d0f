// The live feed: every press for help, newest first.

import { csv, get } from "../api/client";
import { instant } from "../api/instant";
import type { Help, Press } from "../api/types";
import { h, keyed, replace } from "../base/dom";
import { icons } from "../base/icons";
import { duration, plural, safe } from "../base/text";
import { relative, when } from "../base/time";
import type { Act, Action } from "../shell/act";
import { announce } from "../shell/announce";
import type { Context } from "../shell/context";
import { museumOf } from "../shell/context";
import { pill } from "../shell/pill";
import type { View } from "../shell/state";
import { kindIcon, kindWord, museumName, place, placeName } from "./words";

const page = 12;
/** The most in one answer. */
const most = 1_000;

export class Feed {
  readonly element: HTMLElement;
  private readonly list = h("ol", { class: "feed", "aria-label": "Calls for help, newest first" });
  private readonly news = h("button", {
    class: "news",
    type: "button",
    hidden: true,
    "data-key": "news",
    on: { click: () => this.seen() },
  });
  private readonly pause = h("button", {
    class: "tool",
    type: "button",
    "aria-pressed": "false",
    on: { click: () => this.hold() },
  });
  private readonly more = h(
    "button",
    { class: "quiet", type: "button", on: { click: () => void this.further() } },
    "Show older calls",
  );
  private readonly note = h("p", { class: "note" });
  private readonly link = h(
    "a",
    { class: "tool", download: "", title: `The newest ${most} calls of all exhibitions` },
    icons.download(),
    "CSV",
  );
  private shown = page;
  private held: Press[] | null = null;
  private waiting = 0;
  private missed = 0;
  private older: Press[] = [];
  private ended = false;

  /** @param everywhere Calls of all museums, not of the chosen one. */
  constructor(
    private readonly context: Context,
    private readonly act: Act,
    private readonly everywhere = false,
  ) {
    this.element = h(
      "section",
      { class: "figure", id: "feed", "aria-labelledby": "feed-title" },
      h(
        "header",
        {},
        h("div", { class: "figure-words" }, h("h2", { id: "feed-title" }, "Calls for help"), this.note),
        h("div", { class: "tools" }, this.pause, this.link),
      ),
      this.news,
      this.list,
      this.more,
    );
    this.look();
    context.live.onState(() => this.update());
    context.live.onPresses(({ fresh, missed }) => {
      const mine = fresh.filter(press => this.everywhere || press.museum === museumOf(this.context)?.code);
      if (this.held) this.waiting += mine.length;
      this.missed += missed;
      if (fresh.length && !missed) announce(fresh.map(press => `${kindWord(press)}: ${placeName(press)}`).join(". "));
      if (missed) announce(`${missed} missed while away`);
      this.update();
    });
  }

  show(view: View): void {
    this.link.hidden = this.everywhere;
    this.link.href = csv(
      "/help",
      [view.museum ? `museum=${encodeURIComponent(view.museum)}` : "", `limit=${most}`].filter(Boolean).join("&"),
    );
    this.update();
  }

  private scope = (): string | undefined => (this.everywhere ? "*" : undefined);

  private hold(): void {
    this.held = this.held ? null : this.context.live.list(this.scope());
    this.waiting = 0;
    this.look();
    this.update();
  }

  private seen(): void {
    this.missed = 0;
    if (this.held) this.hold();
    else this.update();
    this.list.querySelector<HTMLElement>("button")?.focus();
  }

  private look(): void {
    this.pause.setAttribute("aria-pressed", String(this.held !== null));
    replace(this.pause, this.held ? icons.play() : icons.pause(), this.held ? "Resume" : "Pause");
  }

  // Held rows keep their place, but show their newest state.
  private rows(): Press[] {
    const { live, router } = this.context;
    const base = this.held ? this.held.map(press => live.presses.get(press.id) ?? press) : live.list(this.scope());
    if (this.everywhere) {
      this.note.textContent = "Of all museums, newest first, as they arrive.";
      return base;
    }
    const { exhibition, floor, department } = router.view;
    const all = [...base, ...this.older.filter(press => !live.presses.has(press.id))];
    const fits = ({ exhibition: at }: Press): boolean =>
      (!exhibition.length || (at !== null && exhibition.includes(at.publicId))) &&
      (!floor.length || (at !== null && floor.includes(at.floor))) &&
      (!department.length || (at !== null && department.includes(at.department)));
    const rows = all.filter(fits);
    this.note.textContent =
      rows.length < all.length
        ? `Only the exhibitions chosen above; ${plural(all.length - rows.length, "other call")} not shown.`
        : "Newest first, as they arrive.";
    return rows;
  }

  private update(): void {
    const rows = this.rows();
    this.element.classList.toggle("unknown", this.context.live.connection === "connecting");
    const words = [
      this.waiting ? `${this.waiting} new while paused` : "",
      this.missed ? `${this.missed} missed while away` : "",
    ]
      .filter(Boolean)
      .join(", ");
    this.news.hidden = words === "";
    if (this.news.textContent !== words) this.news.textContent = words;
    keyed(
      this.list,
      rows.slice(0, this.shown),
      press => press.id,
      press =>
        JSON.stringify([
          press.state,
          press.overdue,
          press.acknowledgedAt,
          press.escalatedAt,
          press.actions.length,
          press.kind,
        ]),
      press => this.row(press),
    );
    if (rows.length === 0 && this.context.live.connection !== "connecting")
      replace(
        this.list,
        h(
          "li",
          { class: "empty" },
          this.context.live.reception()?.healthy === false
            ? "No calls for help are known; presses do not arrive at present."
            : "No calls for help.",
        ),
      );
    this.more.hidden = rows.length === 0 || ((this.ended || this.everywhere) && this.shown >= rows.length);
  }

  private async further(): Promise<void> {
    const rows = this.rows();
    this.shown += page;
    if (this.shown > rows.length && !this.ended && !this.everywhere) await this.fetch(rows.at(-1));
    this.update();
  }

  private async fetch(last: Press | undefined): Promise<void> {
    if (!last) return;
    try {
      const code = museumOf(this.context)?.code ?? "";
      const { presses } = await get<Help>(
        "/help",
        `museum=${encodeURIComponent(code)}&state=all&limit=200&before=${encodeURIComponent(last.id)}`,
      );
      this.older.push(...presses);
      this.ended = presses.length === 0;
    } catch (e) {
      announce(e instanceof Error ? e.message : String(e));
    }
  }

  private row(press: Press): HTMLElement {
    return h(
      "li",
      { class: `press ${press.kind} ${press.state}` },
      h("span", { class: "press-icon" }, kindIcon(press)),
      h(
        "div",
        { class: "press-words" },
        h(
          "div",
          { class: "press-line" },
          h("strong", {}, kindWord(press)),
          press.outOfHours ? h("span", { class: "tag" }, "out of hours") : null,
          place(press),
          this.everywhere ? h("span", { class: "tag" }, safe(museumName(this.context, press.museum))) : null,
        ),
        h(
          "div",
          { class: "press-time" },
          press.at === null
            ? h("span", {}, "time unknown, received")
            : instant(press) === press.at || apart(press) < worthTelling
              ? null
              : h("span", {}, `received; the kiosk's clock says ${when(press.at)},`),
          h("time", { datetime: instant(press) }, when(instant(press))),
          instant(press) ? relative(instant(press)) : null,
          (press.kind === "unreadable" || press.clockWrong) && press.meaning
            ? h("span", {}, safe(press.meaning))
            : null,
        ),
        done(press),
      ),
      h("div", { class: "press-end" }, statePill(press), ...buttons(press, this.context, this.act)),
    );
  }
}

/** Clocks that differ by less, in milliseconds, agree. */
const worthTelling = 60_000;
const apart = (press: Press): number => Math.abs(Date.parse(press.at ?? "") - Date.parse(instant(press)));

function done(press: Press): Node | null {
  if (press.state === "open")
    return press.escalatedAt ? h("div", { class: "press-note" }, `Escalated ${when(press.escalatedAt)}`) : null;
  if (press.resolvedBy) {
    return h(
      "div",
      { class: "press-note" },
      press.outcome ? h("b", {}, `${safe(press.outcome)}, `) : null,
      h("bdi", {}, safe(press.resolvedBy)),
      press.responseSeconds === null ? "" : ` after ${duration(press.responseSeconds)}`,
      press.note ? h("q", {}, safe(press.note)) : null,
    );
  }
  if (!press.acknowledgedBy) return null;
  return h(
    "div",
    { class: "press-note" },
    h("bdi", {}, safe(press.acknowledgedBy)),
    press.responseSeconds === null ? "" : ` after ${duration(press.responseSeconds)}`,
    press.overdue ? h("span", { class: "tag" }, "not resolved in time") : null,
    press.note ? h("q", {}, safe(press.note)) : null,
  );
}

function statePill(press: Press): HTMLElement | null {
  switch (press.state) {
    case "open":
      return pill("bad", icons.clock(), "Open");
    case "acknowledged":
      return pill("warn", icons.walk(), "On the way");
    case "resolved":
      return pill("good", icons.check(), "Resolved");
    case "lapsed":
      return pill("quiet", icons.dots(), "Lapsed");
    case "history":
      return null;
  }
}

/** The possible next actions. */
export function buttons(press: Press, { me }: Context, act: Act): HTMLElement[] {
  if (!me.canAcknowledge || !press.live) return [];
  const button = (look: string, action: Action, text: string): HTMLElement =>
    h(
      "button",
      {
        class: `${look} small`,
        type: "button",
        "data-key": `${action}-${press.id}`,
        on: { click: () => act.ask([press], action) },
      },
      text,
    );
  if (press.state === "open") return [button("primary", "acknowledge", "On my way")];
  if (press.state === "acknowledged") return [button("primary", "resolve", "Resolve")];
  if (press.state === "resolved") return [button("quiet", "reopen", "Reopen")];
  return [];
}
