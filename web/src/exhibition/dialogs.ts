// Two things people write down of an exhibition: what happened on a day, and what it is held against.

import { post } from "../api/client";
import type { Annotation, Me } from "../api/types";
import { h, replace } from "../base/dom";
import { safe } from "../base/text";
import { announce } from "../shell/announce";
import { signature } from "../shell/signature";

export class Curation {
  readonly element = h("dialog", { class: "dialog", "aria-labelledby": "curation-title" });

  constructor(
    private readonly me: Me,
    private readonly again: () => void,
  ) {}

  annotate(museum: string, exhibition: string, name: string, day: string): void {
    const text = h("input", { name: "text", required: true, maxlength: 200, placeholder: "labels changed" });
    const date = h("input", { type: "date", name: "day", required: true });
    date.value = day;
    const whole = h("input", { type: "checkbox" });
    this.ask(
      "What happened?",
      "Write it down",
      [
        h("p", { class: "dialog-press" }, h("bdi", {}, safe(name))),
        h("label", {}, "Day", date),
        h("label", {}, "In a few words", text),
        h("label", { class: "check" }, whole, "It concerns the whole museum"),
      ],
      sign =>
        post<Annotation>(`/annotations${of(museum)}`, {
          exhibition: whole.checked ? null : exhibition,
          day: date.value,
          text: text.value.trim(),
          ...sign,
        }),
    );
    text.focus();
  }

  remove(museum: string, annotation: Annotation): void {
    this.ask("Remove this?", "Remove", [h("p", { class: "dialog-press" }, h("bdi", {}, safe(annotation.text)))], sign =>
      post<void>(`/annotations/${annotation.id}/remove${of(museum)}`, sign),
    );
  }

  target(museum: string, exhibition: string, name: string, mean: number, own: boolean, best: number): void {
    const value = h("input", { type: "number", name: "mean", min: 0, max: best, step: "0.05", required: true });
    value.value = String(mean);
    const usual = h("input", { type: "checkbox", on: { change: () => (value.disabled = usual.checked) } });
    this.ask(
      "Target",
      "Set the target",
      [
        h("p", { class: "dialog-press" }, h("bdi", {}, safe(name))),
        h("label", {}, `A mean of at least (0 to ${best})`, value),
        own ? h("label", { class: "check" }, usual, "The museum’s target again") : null,
      ],
      sign =>
        post<void>(`/exhibition/target${of(museum)}`, {
          exhibition,
          mean: usual.checked ? null : Number(value.value),
          ...sign,
        }),
    );
    value.focus();
  }

  private ask(
    title: string,
    verb: string,
    parts: (HTMLElement | null)[],
    send: (sign: { name?: string }) => Promise<unknown>,
  ): void {
    const back = document.activeElement as HTMLElement | null;
    const who = signature(this.me);
    const problem = h("p", { class: "problem", role: "alert" });
    const button = h("button", { class: "primary", type: "submit" }, verb);
    const submit = async (event: Event): Promise<void> => {
      event.preventDefault();
      button.disabled = true;
      problem.textContent = "";
      try {
        await send(who.sign());
        this.element.close();
        announce("Recorded");
        this.again();
      } catch (e) {
        problem.textContent = e instanceof Error ? e.message : String(e);
      } finally {
        button.disabled = false;
      }
    };
    replace(
      this.element,
      h(
        "form",
        { method: "dialog", on: { submit: event => void submit(event) } },
        h("h2", { id: "curation-title" }, title),
        ...parts,
        who.element,
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
      if (back?.isConnected) back.focus();
    };
    this.element.showModal();
  }
}

const of = (museum: string): string => (museum ? `?museum=${encodeURIComponent(museum)}` : "");
