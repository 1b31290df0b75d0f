// A number with its name, and what makes it up.
import type { Child } from "../base/dom";
import { h } from "../base/dom";
import { none } from "../base/text";

export const stat = (name: string, value: (Node | string)[], small: Child): HTMLElement =>
  h(
    "div",
    { class: "stat" },
    h("span", { class: "stat-name" }, name),
    h("strong", {}, ...value),
    h("span", { class: "stat-small" }, small),
  );

/** The names before the numbers are here: they take the room that these will need, so that nothing below them moves. */
export const stats = (...names: string[]): HTMLElement =>
  h("div", { class: "stats" }, ...names.map(name => stat(name, [none], "")));
