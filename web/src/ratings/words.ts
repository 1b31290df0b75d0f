// Statuses and verdicts: a word, an icon, a tone.
import { h } from "../base/dom";
import { icons } from "../base/icons";
import { signed } from "../base/text";
import type { Change, Status, Verdict } from "../api/types";
import { pill } from "../shell/pill";

export function statusPill(status: Status): HTMLElement {
  switch (status) {
    case "on-target": return pill("good", icons.check(), "On target");
    case "near-target": return pill("warn", icons.near(), "Near target");
    case "below-target": return pill("bad", icons.below(), "Below target");
    case "not-enough-data": return pill("quiet", icons.dots(), "Not enough data");
    case "no-data": return pill("quiet", icons.empty(), "No data");
  }
}

const verdicts: Record<Verdict, [string, string, () => SVGElement]> = {
  better: ["good", "better", icons.up],
  worse: ["bad", "worse", icons.below],
  "no-clear-change": ["calm", "no clear change", icons.equal],
  "not-enough-data": ["quiet", "not enough data", icons.dots],
};

export const verdictTone = (change: Change): string => verdicts[change.verdict][0];

export function verdict(change: Change | null): Node {
  if (!change) return h("span", { class: "faint" }, "–");
  const [tone, word, icon] = verdicts[change.verdict];
  return h("span", { class: `verdict ${tone}` }, icon(), change.change === null ? null : h("b", {}, signed(change.change)), h("span", {}, word));
}

export const verdictText = (change: Change | null): string => (change ? `${signed(change.change)} (${verdicts[change.verdict][1]})` : "–");
