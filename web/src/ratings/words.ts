// Statuses and verdicts: a word, an icon, a tone.

import type { Change, Status, Verdict } from "../api/types";
import { h } from "../base/dom";
import { icons } from "../base/icons";
import { signed } from "../base/text";
import { opens } from "../evidence/behind";
import { pill } from "../shell/pill";

export function statusPill(status: Status): HTMLElement {
  switch (status) {
    case "on-target":
      return pill("good", icons.check(), "On target");
    case "near-target":
      return pill("warn", icons.near(), "Near target");
    case "below-target":
      return pill("bad", icons.below(), "Below target");
    case "not-enough-data":
      return pill("quiet", icons.dots(), "Not enough data");
    case "no-data":
      return pill("quiet", icons.empty(), "No data");
  }
}

const verdicts: Record<Verdict, [string, string, () => SVGElement]> = {
  better: ["good", "better", icons.up],
  worse: ["bad", "worse", icons.below],
  "no-clear-change": ["calm", "no clear change", icons.equal],
  "not-enough-data": ["quiet", "not enough data", icons.dots],
};

/** Certainly a change, but one too small to see. */
const isSmall = ({ verdict, low, high }: Change): boolean =>
  verdict === "no-clear-change" && low !== null && high !== null && (low > 0 || high < 0);

const word = (change: Change): string =>
  change.votes === 0
    ? "no earlier votes"
    : isSmall(change)
      ? change.low! > 0
        ? "slightly better"
        : "slightly worse"
      : verdicts[change.verdict][1];

export const verdictTone = (change: Change): string => verdicts[change.verdict][0];

/** @param open Opens the votes that it is compared with. */
export function verdict(change: Change | null, open?: () => void): Node {
  if (!change) return h("span", { class: "faint" }, "–");
  const [tone, , icon] = verdicts[change.verdict];
  return h(
    "span",
    { class: `verdict ${tone}` },
    icon(),
    change.change === null
      ? null
      : h(
          "b",
          {},
          open ? opens(signed(change.change), "show the votes it is compared with", open) : signed(change.change),
        ),
    h("span", {}, word(change)),
  );
}

export const verdictText = (change: Change | null): string =>
  change ? `${signed(change.change)} (${word(change)})` : "–";

/** A sentence about all changes at once. An interval that excludes zero is a change, however small it is. */
export function statement(changes: Change[]): string {
  const clear = changes.filter(change => change.verdict === "better" || change.verdict === "worse").length;
  const small = changes.filter(change => isSmall(change)).length;
  const judged = changes.filter(change => change.verdict !== "not-enough-data").length;
  if (judged === 0) return "There are too few votes to tell any change from chance.";
  const what =
    clear > 0
      ? `${clear === 1 ? "One change is" : `${clear} changes are`} clear: the interval of the difference excludes zero`
      : small > 0
        ? "No change is as large as 0.05"
        : "No change is clear: each interval includes zero";
  const also = small > 0 ? `; ${small === 1 ? "one is" : `${small} are`} certain, but smaller than 0.05` : "";
  return `${what}${also}.${judged > 1 ? " The intervals are widened for the number of exhibitions, so that all hold together with 95 % confidence." : ""}`;
}
