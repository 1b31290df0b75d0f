import type { Child } from "../base/dom";
import { h } from "../base/dom";

/** A status in a word, an icon and a colour: never the colour alone. */
export const pill = (
  tone: "good" | "warn" | "bad" | "calm" | "quiet",
  icon: Node | null,
  ...text: Child[]
): HTMLElement => h("span", { class: `pill ${tone}` }, icon, h("span", {}, ...text));
