// Saying that somebody takes care of it, or that it isn't over: who, and a note.
import { h, replace } from "../base/dom";
import { safe } from "../base/text";
import { when } from "../base/time";
import { post } from "../api/client";
import { instant } from "../api/live";
import type { Live } from "../api/live";
import type { Me, Press } from "../api/types";
import { kindIcon, kindWord, place } from "../safety/words";
import { announce } from "./announce";
import { signature } from "./signature";

type Action = "acknowledge" | "reopen";
const deeds: Record<string, string> = { acknowledge: "Acknowledged", reopen: "Reopened" };

export class Acknowledge {
  readonly element = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" });

  constructor(private readonly live: Live, private readonly me: Me) {}

  ask(press: Press, action: Action): void {
    const back = document.activeElement as HTMLElement | null;
    const title = action === "acknowledge" ? "Acknowledge this call" : "Reopen this call";
    const who = signature(this.me);
    const note = h("textarea", { name: "note", rows: 3, maxlength: 500, required: action === "reopen" });
    const problem = h("p", { class: "problem", role: "alert" });
    const button = h("button", { class: "primary", type: "submit" }, action === "acknowledge" ? "Acknowledge" : "Reopen");
    const submit = async (event: Event): Promise<void> => {
      event.preventDefault();
      button.disabled = true;
      problem.textContent = "";
      try {
        const now = await post<Press>(`/help/${encodeURIComponent(press.id)}/${action}`, { note: note.value.trim(), ...who.sign() });
        this.element.close();
        this.live.put(now);
        announce(`${kindWord(press)}: ${action === "acknowledge" ? "acknowledged" : "reopened"}`);
      } catch (e) {
        problem.textContent = e instanceof Error ? e.message : String(e);
      } finally {
        button.disabled = false;
      }
    };
    replace(this.element,
      h("form", { method: "dialog", on: { submit: event => void submit(event) } },
        h("h2", { id: "dialog-title" }, title),
        h("p", { class: `dialog-press ${press.kind}` }, kindIcon(press), h("strong", {}, kindWord(press)), place(press), h("time", { datetime: instant(press) }, when(instant(press)))),
        press.actions.length ? history(press) : null,
        who.element,
        h("label", {}, action === "reopen" ? "Why is it open again?" : "Note (what was done; may stay empty)", note),
        problem,
        h("div", { class: "buttons" }, h("button", { type: "button", class: "quiet", on: { click: () => this.element.close() } }, "Cancel"), button)));
    this.element.onclose = () => {
      if (back?.isConnected) back.focus();
      else document.querySelector<HTMLElement>("#main")?.focus();
    };
    this.element.showModal();
    (who.input ?? note).focus();
  }
}

function history(press: Press): HTMLElement {
  return h("ol", { class: "deeds", "aria-label": "What was done so far" }, ...press.actions.map(({ action, who, note, at }) =>
    h("li", {}, h("b", {}, deeds[action] ?? safe(action)), ` by ${safe(who)}, ${when(at)}`, note ? h("q", {}, safe(note)) : null)));
}
