// Calls by exhibition, floor, kind and hour.

import type { Museum, Safety } from "../api/types";
import { h } from "../base/dom";
import { icons } from "../base/icons";
import type { Column as HourColumn } from "../base/rates";
import { columns, longName, ratio, shortName } from "../base/rates";
import { fixed, floorName, plural, rate, safe } from "../base/text";
import type { Behind, Part } from "../evidence/behind";
import { counted, opens, ratedTypes } from "../evidence/behind";
import type { CellActs, Cells } from "../evidence/cells";
import type { Figure, Option } from "../figures/figure";
import { axisLook, tip } from "../figures/options";
import { table } from "../figures/table";
import { bar, whisker } from "../figures/whisker";
import { exhibitionLink } from "../shell/exhibition-link";
import { whileOpen } from "./headline";
import { allCalls, callColumns, callWords } from "./words";

type Place = Safety["exhibitions"][number];

/** Fewer calls in opening hours than a walk is suggested for: their rate is drawn hollow. */
const few = 5;
const hollow = `A hollow dot has fewer than ${few} calls in opening hours behind it.`;

/** Explains the intervals for this many rows. */
const corrected = (rows: number): string =>
  rows > 1
    ? `The dots are calls per opening hour; the intervals are widened for the ${rows} rows, so that all of them hold together with 95 % confidence.`
    : "The dot is calls per opening hour with its 95 % interval.";

/** For the narrow table of floors; names that a museum chose stay whole. */
const shorter = (name: string): { name: string; hint?: string } =>
  name === "Emergencies"
    ? { name: "Emerg.", hint: name }
    : name === "Assistance"
      ? { name: "Assist.", hint: name }
      : { name };

const horizontal =
  (names: string[], values: (number | null)[]): Option =>
  colours => ({
    grid: { left: 230, right: 70, top: 26, bottom: 10 },
    tooltip: tip(colours),
    xAxis: { type: "value", position: "top", ...axisLook(colours) },
    yAxis: {
      type: "category",
      inverse: true,
      data: names,
      ...axisLook(colours),
      splitLine: { show: false },
      axisLabel: { color: colours.ink, fontSize: 13, width: 210, overflow: "truncate" },
    },
    series: [{ type: "bar", barWidth: 14, data: values, itemStyle: { color: colours.accent, borderRadius: 3 } }],
  });

export function showPlaces(figure: Figure, data: Safety, csv: string, behind: Behind): void {
  const open = (row: Place, name: string, part: Part): void =>
    behind.calls(`${name} at ${safe(row.name)}`, { exhibition: row.publicId, ...part });
  const kinds = callColumns<Place>(data.totals, (row, name, types) => open(row, name, { types }));
  const rated = (row: Place): Node | string => rateOf(row.perOpenHour, data, part => open(row, "Calls", part));
  const apart = (row: Place): Node | string =>
    counted(row.notCounted, "show these records", () =>
      behind.refused(`Not counted at ${safe(row.name)}`, { exhibition: row.publicId, help: true }),
    );
  const rows = [...data.exhibitions].sort(
    (a, b) => (b.perOpenHour ?? 0) - (a.perOpenHour ?? 0) || a.name.localeCompare(b.name),
  );
  const title = "Calls by exhibition";
  if (!rows.some(row => allCalls(row) + row.notCounted > 0))
    return figure.say(title, "No calls for help in this period.", csv);
  const [emergencies, ...others] = kinds;
  const most = Math.max(...rows.map(row => row.high ?? row.perOpenHour ?? 0)) || 1;
  figure.show({
    title,
    note: data.totals.emergencies
      ? `${plural(data.totals.emergencies, "emergency", "emergencies")} in this period. ${corrected(rows.length)} ${hollow}`
      : `No emergency in this period. ${corrected(rows.length)} ${hollow}`,
    csv,
    drawing: table<Place>({
      caption: title,
      rows,
      class: "places",
      columns: [
        {
          name: "Exhibition",
          head: true,
          cell: row =>
            h("span", { class: "where" }, exhibitionLink(row.publicId, row.name), h("small", {}, floorName(row.floor))),
        },
        {
          name: "Per opening hour",
          class: "wide",
          cell: row =>
            whisker(
              { from: 0, to: most, marks: [0] },
              row.perOpenHour,
              row.low,
              row.high,
              (row.perOpenHour ?? 0) * data.period.openHours < few - 0.5 ? "faint" : "",
            ),
        },
        { name: "Rate", number: true, cell: row => h("b", {}, rated(row)) },
        {
          ...emergencies!,
          cell: row => (row.emergencies ? h("b", { class: "alarm-text" }, emergencies!.cell(row)) : "0"),
        },
        ...others,
        {
          name: "Not counted",
          number: true,
          class: "extra",
          cell: apart,
          hint: "Unreadable or out of hours",
        },
      ],
    }),
    table: () =>
      table<Place>({
        caption: `${title}, as numbers`,
        rows,
        columns: [
          { name: "Exhibition", cell: row => exhibitionLink(row.publicId, row.name), head: true },
          { name: "Floor", cell: row => safe(row.floor) },
          ...kinds,
          { name: "Per opening hour", number: true, cell: rated },
          { name: "Low", number: true, cell: row => rate(row.low) },
          { name: "High", number: true, cell: row => rate(row.high) },
          { name: "Not counted", number: true, cell: apart },
        ],
      }),
    png: {
      option: horizontal(
        rows.map(row => safe(row.name)),
        rows.map(row => row.perOpenHour),
      ),
      height: 50 + rows.length * 40,
    },
  });
}

/** A rate opens the calls that are in it: those in opening hours. */
const rateOf = (perOpenHour: number | null, data: Safety, open: (part: Part) => void): Node | string =>
  perOpenHour
    ? opens(rate(perOpenHour), "show the calls in opening hours", () =>
        open({ types: ratedTypes(data.totals), hours: whileOpen(data.hours) }),
      )
    : rate(perOpenHour);

export function showFloors(figure: Figure, data: Safety, csv: string, behind: Behind): void {
  const rows = [...data.floors].sort((a, b) => a.name.localeCompare(b.name, "en-GB", { numeric: true }));
  const title = "Calls by floor";
  if (rows.length === 0) return figure.say(title, "No floor fits the filters.", csv);
  const most = Math.max(...rows.map(row => row.perOpenHour ?? 0));
  type Floor = Safety["floors"][number];
  const open = (row: Floor, name: string, part: Part): void =>
    behind.calls(`${name}: ${floorName(row.name)}`, { floor: row.name, ...part });
  const kinds = callColumns<Floor>(data.totals, (row, name, types) => open(row, name, { types }));
  const rated = (row: Floor): Node | string => rateOf(row.perOpenHour, data, part => open(row, "Calls", part));
  figure.show({
    title,
    note: "Calls per opening hour of each floor.",
    csv,
    drawing: table<Floor>({
      caption: title,
      rows,
      class: "groups",
      columns: [
        { name: "Floor", head: true, cell: row => h("bdi", {}, floorName(row.name)) },
        { name: "Per opening hour", class: "wide", cell: row => bar(row.perOpenHour ?? 0, most) },
        { name: "Rate", number: true, cell: row => h("b", {}, rated(row)) },
        ...kinds.map(column => ({ ...column, ...shorter(column.name) })),
      ],
    }),
    table: () =>
      table<Floor>({
        caption: `${title}, as numbers`,
        rows,
        columns: [
          { name: "Floor", head: true, cell: row => floorName(row.name) },
          ...kinds,
          { name: "Per opening hour", number: true, cell: rated },
        ],
      }),
    png: {
      option: horizontal(
        rows.map(row => floorName(row.name)),
        rows.map(row => row.perOpenHour),
      ),
      height: 50 + rows.length * 40,
    },
  });
}

/** Calls in the hours of one column of a chart. */
export interface ColumnCalls {
  column: HourColumn;
  emergencies: number;
  assistance: number;
  openHours: number;
  perOpenHour: number | null;
  added: Safety["totals"]["added"];
}

/** @param kinds Those that the museum added. */
export function byColumn(
  hours: Safety["hours"],
  kinds: Safety["totals"]["added"],
  museum: Museum | undefined,
): ColumnCalls[] {
  const parts = hours.filter(hour => hour.openHours > 0 || allCalls(hour) > 0);
  return columns(parts, museum?.opens, museum?.closes).map(column => {
    const sum = (of: (part: (typeof parts)[number]) => number): number =>
      parts.filter(part => column.hours.includes(part.hour)).reduce((total, part) => total + of(part), 0);
    const [emergencies, assistance, openHours] = [
      sum(part => part.emergencies),
      sum(part => part.assistance),
      sum(part => part.openHours),
    ];
    return {
      column,
      emergencies,
      assistance,
      openHours,
      perOpenHour: ratio(emergencies + assistance, openHours),
      added: kinds.map(kind => ({
        ...kind,
        presses: sum(part => part.added.find(of => of.value === kind.value)?.presses ?? 0),
      })),
    };
  });
}

export function showHours(
  figure: Figure,
  data: Safety,
  museum: Museum | undefined,
  csv: string,
  { choice, open }: CellActs,
): void {
  const title = "Calls by hour of the day";
  if (!data.hours.some(row => allCalls(row) > 0)) return figure.say(title, "No calls for help in this period.", csv);
  const all = byColumn(data.hours, data.totals.added, museum);
  const rows = all.filter(row => row.openHours > 0);
  const outside = all
    .filter(row => row.openHours === 0)
    .reduce((sum, row) => sum + row.emergencies + row.assistance, 0);
  const share = (row: ColumnCalls, calls: number): number => ratio(calls, row.openHours) ?? 0;
  const worst = [...rows].sort((a, b) => (b.perOpenHour ?? 0) - (a.perOpenHour ?? 0))[0];
  const of = ({ column: { hours } }: ColumnCalls): Cells => ({ hours });
  const show = (row: ColumnCalls, name: string, types: number[]): void =>
    open(`${name}, ${longName(row.column)}`, { ...of(row), types }, choice?.also(of(row)));
  const faint = (row: ColumnCalls): object =>
    choice?.isOn && !choice.has(of(row)) ? { itemStyle: { opacity: 0.3 } } : {};
  const most =
    worst && (worst.perOpenHour ?? 0) > 0 ? `; most from ${longName(worst.column)}: ${rate(worst.perOpenHour)}` : "";
  figure.show({
    title,
    onPick: at => rows[at] && choice?.toggle(of(rows[at])),
    note: `Calls per opening hour${most}. Choose a bar to see only its hours.${outside ? ` ${plural(outside, "call")} outside opening hours: in no rate, and in the table.` : ""}`,
    csv,
    option: colours => ({
      grid: { left: 42, right: 4, top: 12, bottom: 26 },
      xAxis: {
        type: "category",
        data: rows.map(row => shortName(row.column)),
        ...axisLook(colours),
        splitLine: { show: false },
      },
      yAxis: { type: "value", splitNumber: 4, ...axisLook(colours), axisLine: { show: false } },
      tooltip: {
        ...tip(colours),
        trigger: "axis",
        axisPointer: { type: "none" },
        formatter: (items: { dataIndex: number }[]) => {
          const row = rows[items[0]?.dataIndex ?? 0]!;
          return `${longName(row.column)}\n${rate(row.perOpenHour)} calls per opening hour\n${callWords(row, data.totals.names)}\nin ${fixed(row.openHours, 1)} opening hours`;
        },
      },
      series: [
        {
          type: "bar",
          stack: "calls",
          barCategoryGap: "30%",
          emphasis: { disabled: true },
          itemStyle: { color: colours.accent },
          data: rows.map(row => ({ value: share(row, row.assistance), ...faint(row) })),
        },
        {
          type: "bar",
          stack: "calls",
          emphasis: { disabled: true },
          itemStyle: { color: colours.alarm, borderColor: colours.paper, borderWidth: 1 },
          data: rows.map(row => ({ value: share(row, row.emergencies), ...faint(row) })),
        },
      ],
    }),
    height: 280,
    above: rows.some(row => row.emergencies)
      ? h(
          "ul",
          { class: "legend" },
          h("li", { class: "of-assistance" }, icons.assistance(), safe(data.totals.names.assistance)),
          h("li", { class: "of-emergency" }, icons.emergency(), safe(data.totals.names.emergencies)),
        )
      : undefined,
    label: `Bars of calls per opening hour by hour${most}.`,
    table: () =>
      table<ColumnCalls>({
        caption: title,
        rows: all,
        columns: [
          {
            name: "Hours",
            head: true,
            cell: row => (choice ? choice.button(longName(row.column), of(row)) : longName(row.column)),
          },
          ...callColumns<ColumnCalls>(data.totals, show),
          { name: "Opening hours", number: true, cell: row => fixed(row.openHours, 1) },
          {
            name: "Per opening hour",
            number: true,
            cell: row =>
              row.perOpenHour
                ? opens(rate(row.perOpenHour), "show these calls", () => show(row, "Calls", ratedTypes(data.totals)))
                : rate(row.perOpenHour),
          },
        ],
      }),
  });
}
