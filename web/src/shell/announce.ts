// One polite live region for screen readers: changes that a sighted person would notice.
import { h } from "../base/dom";

export const voice = h("div", { class: "unseen", role: "status", "aria-live": "polite" });

export function announce(text: string): void {
  voice.textContent = text;
}
