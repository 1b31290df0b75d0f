// An empty database: every page says what to do next.
import { h } from "../base/dom";
import type { Context } from "./context";
import { museumOf } from "./context";

/** Nothing was ever pressed there, as far as anybody knows. */
export const isEmpty = (context: Context): boolean => (museumOf(context)?.lastPress ?? null) === null;

export function start(context: Context): HTMLElement {
  const element = h(
    "section",
    { class: "start", "aria-label": "How to begin" },
    h(
      "div",
      { class: "empty" },
      h("p", {}, "Nothing is loaded yet. History comes from a bucket, live presses from the broker:"),
      h(
        "p",
        {},
        h("code", {}, "museum load -b BUCKET"),
        " and ",
        h("code", {}, "museum consume"),
        "; to try it with made-up presses: ",
        h("code", {}, "museum demo"),
      ),
    ),
  );
  const look = (): void => void (element.hidden = !isEmpty(context));
  look();
  context.router.onChange(look);
  return element;
}
