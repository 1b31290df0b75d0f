// Actions on calls for help: on my way, resolved, reopen; one or many at once. Every action has a number, so that
// sending it again counts once; and the user is told when somebody else was quicker.

import { post, Unreachable } from "../api/client";
import { instant } from "../api/instant";
import type { Live } from "../api/live";
import type { Me, Press } from "../api/types";
import { h, replace } from "../base/dom";
import { plural, safe } from "../base/text";
import { when } from "../base/time";
import { kindIcon, kindWord, placeFloor, placeName } from "../safety/words";
import { announce } from "./announce";
import { signature } from "./signature";

export type Action = "acknowledge" | "resolve" | "reopen";

/** The result for each: refused ones come with their current state and the reason. */
interface Acted {
  done: Press[];
  refused: { id: string; why: string; press: Press | null }[];
}

const words: Record<Action, { title: string; verb: string; done: string; note: string; fits: Press["state"][] }> = {
  acknowledge: {
    title: "On my way",
    verb: "On my way",
    done: "on the way",
    note: "Note (optional)",
    fits: ["open"],
  },
  resolve: {
    title: "Resolve",
    verb: "Resolve",
    done: "resolved",
    note: "Note (what was done; optional)",
    fits: ["open", "acknowledged"],
  },
  reopen: {
    title: "Reopen",
    verb: "Reopen",
    done: "open again",
    note: "Why is it open again?",
    fits: ["acknowledged", "resolved"],
  },
};
const deeds: Record<string, string> = {
  acknowledge: "Acknowledged",
  take: "On the way:",
  resolve: "Resolved",
  reopen: "Reopened",
};

export class Act {
  readonly element = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" });

  constructor(
    private readonly live: Live,
    private readonly me: Me,
  ) {
    live.onPresses(() => this.watch());
  }

  private presses: Press[] = [];
  private action: Action = "acknowledge";
  private quicker: HTMLElement | null = null;

  ask(presses: Press[], action: Action): void {
    const back = document.activeElement as HTMLElement | null;
    [this.presses, this.action] = [presses, action];
    const say = words[action];
    const id = number();
    const who = signature(this.me);
    const note = h("textarea", { name: "note", rows: 2, maxlength: 500, required: action === "reopen" });
    const outcome = action === "resolve" ? outcomes(this.me) : null;
    const problem = h("p", { class: "problem", role: "alert" });
    this.quicker = h("p", { class: "quicker", role: "alert" });
    const button = h("button", { class: "primary", type: "submit" }, say.verb);
    const submit = async (event: Event): Promise<void> => {
      event.preventDefault();
      button.disabled = true;
      problem.textContent = "";
      try {
        this.tell(
          await post<Acted>("/help/act", {
            act: id,
            ids: presses.map(press => press.id),
            action,
            outcome: outcome?.value,
            note: note.value.trim(),
            ...who.sign(),
          }),
          problem,
          button,
        );
      } catch (e) {
        problem.textContent =
          e instanceof Unreachable
            ? `${e.message} It is not known yet whether this was recorded. Send it again: it counts once.`
            : e instanceof Error
              ? e.message
              : String(e);
        if (e instanceof Unreachable) button.textContent = "Send again";
      } finally {
        button.disabled = false;
      }
    };
    const only = presses.length === 1 ? presses[0]! : null;
    replace(
      this.element,
      h(
        "form",
        { method: "dialog", on: { submit: event => void submit(event) } },
        h(
          "h2",
          { id: "dialog-title" },
          only ? `${say.title}: ${kindWord(only).toLowerCase()}` : `${say.title}: ${plural(presses.length, "call")}`,
        ),
        ...summary(presses),
        only?.actions.length ? history(only) : null,
        this.quicker,
        who.element,
        outcome ? h("label", {}, "What was it?", outcome) : null,
        h("label", {}, say.note, note),
        problem,
        h(
          "div",
          { class: "buttons" },
          h("button", { type: "button", class: "quiet", on: { click: () => this.element.close() } }, "Cancel"),
          button,
        ),
      ),
    );
    this.element.onclose = () => {
      this.presses = [];
      if (back?.isConnected) back.focus();
      else document.querySelector<HTMLElement>("#main")?.focus();
    };
    this.element.showModal();
    (who.input ?? outcome ?? note).focus();
    this.watch();
  }

  private tell({ done, refused }: Acted, problem: HTMLElement, button: HTMLElement): void {
    this.live.put(...done, ...refused.map(one => one.press).filter(press => press !== null));
    if (done.length) announce(`${plural(done.length, "call")}: ${words[this.action].done}`);
    if (refused.length === 0) {
      this.element.close();
      return;
    }
    button.hidden = true;
    const ids = new Set(refused.map(one => one.id));
    problem.textContent = `${done.length ? `${plural(done.length, "call")} recorded; ` : ""}not recorded: ${[...new Set(refused.map(one => one.why))].map(safe).join("; ")}${ids.size > 1 ? ` (${ids.size} calls)` : ""}.`;
  }

  /** Somebody was quicker: shown while the dialog is open, not only after sending. */
  private watch(): void {
    if (!this.element.open || !this.quicker) return;
    const now = this.presses.map(press => this.live.presses.get(press.id) ?? press);
    const lost = now.filter(
      (press, at) =>
        press.actions.length > (this.presses[at]?.actions.length ?? 0) &&
        !words[this.action].fits.includes(press.state),
    );
    const by = lost[0]?.actions.at(-1);
    const text = by
      ? `Somebody was quicker: ${safe(by.who)}, ${when(by.at)}${lost.length > 1 ? ` (${lost.length} of ${now.length} calls)` : ""}.`
      : "";
    if (this.quicker.textContent !== text) this.quicker.textContent = text;
  }
}

/** Over plain http only a page of this machine has crypto.randomUUID; every page has random numbers. */
const number = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");

function outcomes(me: Me): HTMLSelectElement {
  return h(
    "select",
    { name: "outcome", required: true },
    h("option", { value: "" }, "Choose…"),
    ...me.outcomes.map(outcome => h("option", { value: outcome }, safe(outcome))),
  );
}

const shown = 4;

function summary(presses: Press[]): HTMLElement[] {
  const lines = presses
    .slice(0, shown)
    .map(press =>
      h(
        "p",
        { class: `dialog-press ${press.kind}` },
        kindIcon(press),
        h("strong", {}, kindWord(press)),
        h("span", { class: "place" }, h("bdi", {}, placeName(press)), h("span", { class: "floor" }, placeFloor(press))),
        h("time", { datetime: instant(press) }, when(instant(press))),
      ),
    );
  return presses.length > shown ? [...lines, h("p", { class: "note" }, `and ${presses.length - shown} more`)] : lines;
}

function history(press: Press): HTMLElement {
  return h(
    "ol",
    { class: "deeds", "aria-label": "What has been done so far" },
    ...press.actions.map(({ action, who, note, at, outcome }) =>
      h(
        "li",
        {},
        h("b", {}, deeds[action] ?? safe(action)),
        action === "take" ? ` ${safe(who)}, ${when(at)}` : ` by ${safe(who)}, ${when(at)}`,
        outcome ? `: ${safe(outcome)}` : null,
        note ? h("q", {}, safe(note)) : null,
      ),
    ),
  );
}
