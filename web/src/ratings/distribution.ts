// The whole distribution, not only its mean: of two exhibitions with the same mean, one may divide its visitors and the
// other not.

import type { Ratings, Row } from "../api/types";
import { h } from "../base/dom";
import { smiley } from "../base/icons";
import { marks } from "../base/scale";
import { percent, plural, safe } from "../base/text";
import type { Behind } from "../evidence/behind";
import { counted, opens } from "../evidence/behind";
import type { Figure, Option } from "../figures/figure";
import { inkOn } from "../figures/palette";
import { table } from "../figures/table";
import { stack } from "../figures/whisker";
import { exhibitionLink } from "../shell/exhibition-link";
import { sorted } from "./ranking";

export function showDistribution(figure: Figure, data: Ratings, csv: string, behind: Behind): void {
  const rows = sorted(data.exhibitions).filter(row => row.votes > 0);
  const title = "How the votes divide";
  if (rows.length === 0) return figure.say(title, "No votes in this period.", csv);
  const words = wordsOf(data);
  const best = words.length - 1;
  const share = (row: Row, rating: number): number => (row.distribution[rating] ?? 0) / row.votes;
  const open = (row: Row, value?: number): void =>
    behind.votes(`${safe(row.name)}${value === undefined ? "" : `: ${words[value]}`}`, {
      exhibition: row.publicId,
      ...(value === undefined ? {} : { types: [value] }),
    });
  const part = (row: Row, value: number): Node | string =>
    row.distribution[value]
      ? opens(percent(share(row, value)), `show its votes for ${words[value]}`, () => open(row, value))
      : percent(share(row, value));
  const extremes = [...rows]
    .filter(row => row.enough)
    .sort((a, b) => share(b, 0) + share(b, best) - share(a, 0) - share(a, best))[0];
  figure.show({
    title,
    note: extremes
      ? `${safe(extremes.name)} divides its visitors most: ${percent(share(extremes, best))} ${words[best]!.toLowerCase()}, ${percent(share(extremes, 0))} ${words[0]!.toLowerCase()}.`
      : "Share of each answer.",
    csv,
    above: legend(words),
    drawing: table<Row>({
      caption: title,
      rows,
      class: "divide",
      columns: [
        {
          name: "Exhibition",
          head: true,
          cell: row =>
            h(
              "div",
              {},
              exhibitionLink(row.publicId, row.name),
              stack(row.distribution, 18, {
                tip: value =>
                  `${words[value]}: ${percent(share(row, value), 1)}, ${plural(row.distribution[value] ?? 0, "vote")}`,
                pick: value => open(row, value),
              }),
            ),
        },
        { name: words[0]!, number: true, cell: row => part(row, 0) },
        { name: words[best]!, number: true, cell: row => part(row, best) },
      ],
    }),
    png: { option: option(rows, words, share), height: 30 + rows.length * 46 },
    table: () =>
      table<Row>({
        caption: title,
        rows,
        columns: [
          { name: "Exhibition", cell: row => exhibitionLink(row.publicId, row.name), head: true },
          ...words.map((name, rating) => ({
            name,
            number: true,
            cell: (row: Row) =>
              counted(row.distribution[rating], `show its votes for ${name}`, () => open(row, rating)),
          })),
          ...words.map((name, rating) => ({
            name: `${name}, share`,
            number: true,
            cell: (row: Row) => percent(share(row, rating)),
          })),
          { name: "Votes", number: true, cell: row => counted(row.votes, "show its votes", () => open(row)) },
        ],
      }),
  });
}

/** The buttons' names, by value. */
export const wordsOf = ({ buttons }: Ratings): string[] =>
  marks(bestOf(buttons)).map(value => safe(buttons.find(button => button.value === value)?.name ?? String(value)));

export const bestOf = (buttons: Ratings["buttons"]): number => Math.max(0, ...buttons.map(button => button.value));

const legend = (words: string[]): HTMLElement =>
  h(
    "ul",
    { class: "legend", "aria-label": "Answers" },
    ...words.map((word, rating) => h("li", {}, smiley(rating, words.length - 1), word)),
  );

function option(rows: Row[], words: string[], share: (row: Row, rating: number) => number): Option {
  return colours => ({
    grid: { left: 0, right: 0, top: 4, bottom: 0 },
    xAxis: { type: "value", max: 1, show: false },
    yAxis: { type: "category", inverse: true, data: rows.map(row => safe(row.name)), show: false },
    series: words.map((word, rating) => ({
      name: word,
      type: "bar",
      stack: "all",
      barWidth: 18,
      data: rows.map(row => share(row, rating)),
      itemStyle: { color: colours.ratings(words.length - 1)[rating], borderColor: colours.paper, borderWidth: 1 },
      label:
        rating === 0
          ? {
              show: true,
              position: [0, -16],
              color: colours.ink,
              fontSize: 12.5,
              formatter: ({ dataIndex }: { dataIndex: number }) => safe(rows[dataIndex]!.name),
              width: 500,
              overflow: "truncate",
            }
          : {
              show: rating === words.length - 1,
              position: "insideRight",
              color: inkOn(colours.ratings(words.length - 1)[rating]!),
              fontSize: 11,
              formatter: ({ value }: { value: number }) => (value > 0.08 ? percent(value) : ""),
            },
      emphasis: { disabled: true },
    })),
  });
}
