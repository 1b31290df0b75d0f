// The red line on every page: presses of a museum should arrive but do not. A quiet page then says nothing about who is
// waiting.
import { h, keyed } from "../base/dom";
import { icons } from "../base/icons";
import { safe } from "../base/text";
import { clock } from "../base/time";
import { museumName } from "../safety/words";
import type { Context } from "./context";

interface Line {
  key: string;
  text: string;
}

export function reception(context: Context): HTMLElement {
  const { live, museums } = context;
  const element = h("section", { class: "deaf-lines", "aria-label": "Presses that do not arrive", hidden: true });
  const update = (): void => {
    const lines: Line[] =
      live.connection === "lost"
        ? [
            {
              key: "server",
              text: live.heard
                ? `This page has heard nothing from the server since ${clock(live.heard)}: calls for help are not shown.`
                : "The server does not answer: calls for help are not shown.",
            },
          ]
        : live.deaf().map(deaf => ({
            key: deaf.museum,
            text: `${museums.length > 1 ? `${safe(museumName(context, deaf.museum))}: ` : ""}${safe(deaf.problem)}`,
          }));
    element.hidden = lines.length === 0;
    document.documentElement.classList.toggle("deaf", lines.length > 0);
    keyed(
      element,
      lines,
      line => line.key,
      line => line.text,
      line => h("p", { class: "deaf-line", role: "alert" }, icons.emergency(), line.text),
    );
  };
  live.onState(update);
  return element;
}
