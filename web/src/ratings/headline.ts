// The answer first: one sentence, and the four numbers behind it.

import type { Ratings, Row } from "../api/types";
import { append, h, replace } from "../base/dom";
import { smiley } from "../base/icons";
import { count, fixed, percent, plural, signed } from "../base/text";
import { dayText, soFar, span } from "../base/time";
import type { Behind } from "../evidence/behind";
import { opens } from "../evidence/behind";
import { stat, stats } from "../figures/stat";
import { stack } from "../figures/whisker";
import type { Context } from "../shell/context";
import { museumOf } from "../shell/context";
import { exhibitionLink } from "../shell/exhibition-link";
import type { View } from "../shell/state";
import { bestOf, wordsOf } from "./distribution";

export class Headline {
  readonly element = h(
    "section",
    { class: "headline", "aria-label": "In short", "aria-live": "off" },
    h("h1", { class: "sentence" }, "Ratings"),
    stats("Mean rating", "Votes", "Against the period before", "On target"),
  );

  constructor(private readonly context: Context) {}

  /** @param ranking Shows which exhibitions are on target. */
  show(data: Ratings, view: View, behind: Behind, ranking: () => void): void {
    const [title, stats] = [this.element.firstElementChild!, this.element.lastElementChild!];
    replace(title, ...sentence(data));
    if (data.total.votes === 0) replace(stats, this.nothing(view));
    else replace(stats, ...numbers(data, view, behind, ranking));
  }

  /** The days or filters are invalid. */
  refuse(why: string): void {
    replace(this.element.firstElementChild!, "This cannot be shown");
    replace(this.element.lastElementChild!, h("div", { class: "empty" }, h("p", {}, why), this.everything()));
  }

  // An empty page needs directions: it says where there is data.
  private nothing(view: View): HTMLElement {
    const last = museumOf(this.context)?.lastPress;
    if (view.exhibition.length + view.floor.length + view.department.length > 0) {
      const all = h(
        "button",
        {
          class: "primary",
          type: "button",
          "data-key": "unfiltered",
          on: { click: () => this.context.router.go({ exhibition: [], floor: [], department: [] }) },
        },
        "Show all exhibitions",
      );
      return h("div", { class: "empty" }, h("p", {}, "The selection above has no votes on these days."), all);
    }

    return h(
      "div",
      { class: "empty" },
      h("p", {}, last ? `The newest press is from ${dayText(last.slice(0, 10))}.` : "No press is known."),
      view.range === "all" || !last ? null : this.everything(),
    );
  }

  private everything = (): HTMLElement =>
    h(
      "button",
      {
        class: "primary",
        type: "button",
        "data-key": "everything",
        on: { click: () => this.context.router.go({ range: "all", from: "", to: "" }) },
      },
      "Show everything",
    );
}

function sentence({ total, exhibitions, period, buttons }: Ratings): (Node | string)[] {
  if (total.votes === 0) return [`Nobody voted: ${span(period.from, period.to)}`];
  const ranked = exhibitions.filter(row => row.rank !== null).sort((a, b) => a.rank! - b.rank!);
  const [best, last] = [ranked[0], ranked.at(-1)];
  const name = (row: Row): HTMLElement => exhibitionLink(row.publicId, row.name);
  if (!best) return [`${plural(total.votes, "vote")}, too few to rank any exhibition`];
  if (!last || best === last) return [name(best), ` is rated ${fixed(best.mean)} of ${bestOf(buttons)}`];
  return [name(best), ` leads with ${fixed(best.mean)}; `, name(last), ` trails with ${fixed(last.mean)}`];
}

function numbers(data: Ratings, view: View, behind: Behind, ranking: () => void): HTMLElement[] {
  const { total, previous, exhibitions, target, period } = data;
  const words = wordsOf(data);
  const most = words.length - 1;
  const judged = exhibitions.filter(row => row.status.endsWith("-target"));
  const onTarget = judged.filter(row => row.status === "on-target").length;
  const compared = view.compare && previous && previous.votes > 0 ? previous : null;
  const nearest = Math.round(total.mean ?? most / 2);
  const all = (): void => behind.votes("All votes");
  const share = (value: number): string => percent((total.distribution[value] ?? 0) / total.votes);
  const of = (value: number): void => behind.votes(words[value]!, { types: [value] });
  const list = [
    stat(
      "Mean rating",
      [smiley(nearest, most), opens(fixed(total.mean), "show the votes behind it", all)],
      total.low === null
        ? `of ${most}`
        : `of ${most} · ${fixed(total.low)} to ${fixed(total.high)} with 95 % confidence`,
    ),
    stat(
      "Votes",
      [opens(count(total.votes), "show these votes", all)],
      exhibitions.length ? `of ${plural(exhibitions.length, "exhibition")}` : "",
    ),
    compared
      ? stat(
          "Compared with the period before",
          [
            opens(
              signed(total.mean !== null && compared.mean !== null ? total.mean - compared.mean : null),
              "show the votes of the period before",
              () =>
                behind.votes(`The period before: ${span(period.previousFrom!, period.previousTo!)}`, {
                  otherDays: [period.previousFrom!, period.previousTo!],
                }),
            ),
          ],
          `mean was ${fixed(compared.mean)} · votes ${signedShare(total.votes, compared.votes)}${soFar(period)}`,
        )
      : stat(
          words[most]!,
          [opens(share(most), "show these votes", () => of(most))],
          h(
            "span",
            {},
            "of all votes; ",
            opens(`${share(0)} ${words[0]!.toLowerCase()}`, "show these votes", () => of(0)),
          ),
        ),
    stat(
      "On target",
      [opens(`${onTarget} of ${judged.length}`, "show the ranking", ranking)],
      `exhibitions at ${fixed(target.mean, 1)} or more`,
    ),
  ];
  append(list[0]!, [stack(total.distribution, 8)]);
  return list;
}

const signedShare = (now: number, before: number): string => `${signed((now / before - 1) * 100, 0)} %`;
