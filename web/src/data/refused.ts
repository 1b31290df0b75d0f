import type { Refused } from "../api/types";
import { h } from "../base/dom";
import { count, fixed, percent, safe } from "../base/text";
import type { Behind } from "../evidence/behind";
import { counted } from "../evidence/behind";
import type { Figure, Option } from "../figures/figure";
import { axisLook, tip } from "../figures/options";
import { table } from "../figures/table";
import { bar } from "../figures/whisker";
import { exhibitionLink } from "../shell/exhibition-link";

type Reason = Refused["reasons"][number];
type Site = Refused["sites"][number];

const reasonName = (code: string): string => safe(code.replaceAll("_", " "));
const bars =
  (names: string[], values: number[]): Option =>
  colours => ({
    grid: { left: 230, right: 60, top: 30, bottom: 10 },
    tooltip: tip(colours),
    xAxis: { type: "value", position: "top", ...axisLook(colours) },
    yAxis: {
      type: "category",
      inverse: true,
      data: names,
      ...axisLook(colours),
      splitLine: { show: false },
      axisLabel: { color: colours.ink, width: 210, overflow: "truncate" },
    },
    series: [{ type: "bar", barWidth: 14, data: values, itemStyle: { color: colours.accent, borderRadius: 3 } }],
  });

const permille = (share: number | null): string =>
  share === null ? "–" : `${fixed(share * 100, share < 0.001 ? 3 : 2)} %`;

export function showReasons(figure: Figure, data: Refused, csv: string, behind: Behind): void {
  const counts = (row: Reason, n: number, help = false): Node | string =>
    counted(n, "show these records", () => behind.refused(reasonName(row.reason), { reason: row.reason, help }));
  const rows = [...data.reasons].sort((a, b) => b.count - a.count);
  const title = "What was refused, and why";
  if (rows.length === 0) return figure.say(title, `Nothing was refused: ${count(data.read)} records read.`, csv);
  const most = rows[0]!.count;
  figure.show({
    title,
    note: `${count(data.quarantined)} of ${count(data.read)} records, ${permille(data.share)}. Each is kept below, and can be replayed once the cause is fixed.`,
    csv,
    drawing: table<Reason>({
      caption: title,
      rows,
      class: "groups",
      columns: [
        {
          name: "Reason",
          head: true,
          cell: row => h("span", { class: "where" }, reasonName(row.reason), h("small", {}, safe(row.meaning))),
        },
        { name: "Records", class: "wide", cell: row => bar(row.count, most) },
        { name: "Count", number: true, cell: row => h("b", {}, counts(row, row.count)) },
        {
          name: "Maybe help",
          number: true,
          cell: row => (row.possibleHelp ? h("b", { class: "alarm-text" }, counts(row, row.possibleHelp, true)) : "0"),
          hint: "May have been a call for help",
        },
      ],
    }),
    table: () =>
      table<Reason>({
        caption: `${title}, as numbers`,
        rows,
        columns: [
          { name: "Reason", head: true, cell: row => reasonName(row.reason) },
          { name: "Meaning", cell: row => safe(row.meaning) },
          { name: "Count", number: true, cell: row => counts(row, row.count) },
          { name: "Share", number: true, cell: row => percent(row.share, 2) },
          { name: "Maybe help", number: true, cell: row => counts(row, row.possibleHelp, true) },
        ],
      }),
    png: {
      option: bars(
        rows.map(row => reasonName(row.reason)),
        rows.map(row => row.count),
      ),
      height: 50 + rows.length * 40,
    },
  });
}

const siteName = (row: Site): string =>
  row.exhibition === null
    ? row.site
      ? `Unknown kiosk ${safe(row.site)}`
      : "No kiosk named"
    : safe(row.exhibition.name);

const longestSite = 64;

const siteLink = (row: Site): HTMLElement =>
  row.exhibition ? exhibitionLink(row.exhibition.publicId, row.exhibition.name) : h("bdi", {}, siteName(row));

export function showSites(figure: Figure, data: Refused, csv: string, behind: Behind): void {
  const counts = (row: Site): Node | string =>
    // A longer one is cut, and found under no name.
    row.site && row.site.length < longestSite
      ? counted(row.count, "show these records", () =>
          behind.refused(`Refused: ${siteName(row)}`, {
            site: row.site!,
            ...(row.exhibition ? { exhibition: row.exhibition.publicId } : {}),
          }),
        )
      : count(row.count);
  const rows = [...data.sites].sort((a, b) => b.count - a.count).slice(0, 12);
  const title = "Where refused records come from";
  if (rows.length === 0) return figure.say(title, "Nothing was refused in this period.", csv);
  const most = rows[0]!.count;
  const main = (row: Site): string[] =>
    Object.entries(row.reasons)
      .sort((a, b) => b[1] - a[1])
      .map(([reason, n]) => `${reasonName(reason)} ${count(n)}`);
  const most3 = (row: Site): string =>
    main(row).length > 3
      ? `${main(row).slice(0, 3).join(", ")} and ${main(row).length - 3} more`
      : main(row).join(", ");
  figure.show({
    title,
    note:
      data.sites.length > rows.length
        ? `The ${rows.length} sites with the most of ${data.sites.length}.`
        : "By the site the record named.",
    csv,
    drawing: table<Site>({
      caption: title,
      rows,
      class: "groups",
      columns: [
        {
          name: "Site",
          head: true,
          cell: row => h("span", { class: "where" }, siteLink(row), h("small", {}, most3(row))),
        },
        { name: "Records", class: "wide", cell: row => bar(row.count, most) },
        { name: "Count", number: true, cell: row => h("b", {}, counts(row)) },
      ],
    }),
    table: () =>
      table<Site>({
        caption: `${title}, as numbers`,
        rows,
        columns: [
          { name: "Site", head: true, cell: siteLink },
          { name: "Count", number: true, cell: counts },
          { name: "Reasons", cell: row => main(row).join(", ") },
        ],
      }),
    png: {
      option: bars(
        rows.map(siteName),
        rows.map(row => row.count),
      ),
      height: 50 + rows.length * 40,
    },
  });
}
