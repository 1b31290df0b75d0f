// One polite voice for screen readers: what a sighted person would notice changing.
import { h } from "../base/dom";

export const voice = h("div", { class: "unseen", role: "status", "aria-live": "polite" });

export function announce(text: string): void {
  voice.textContent = text;
}
