// The smaller figures of an exhibition's page: how its votes divide, when it is called for help, how its kiosk is.

import type { Exhibition, Museum } from "../api/types";
import { h } from "../base/dom";
import { icons, smiley } from "../base/icons";
import type { Column } from "../base/rates";
import { longName, shortName } from "../base/rates";
import { count, duration, percent, rate, safe } from "../base/text";
import { when } from "../base/time";
import { counted, opens } from "../evidence/behind";
import type { Figure } from "../figures/figure";
import { axisLook, tip } from "../figures/options";
import { table } from "../figures/table";
import { bar } from "../figures/whisker";
import { byColumn } from "../safety/counts";
import { allCalls, callColumns, callWords } from "../safety/words";
import { pill } from "../shell/pill";

export function showVotes(figure: Figure, data: Exhibition, csv: string, open: (value: number) => void): void {
  const title = "How the votes divide";
  const { buttons, rating, division } = data;
  if (rating.votes === 0) return figure.say(title, "No votes in this period.", csv);
  const rows = [...buttons].reverse();
  const most = Math.max(...rating.distribution);
  const [worst, best] = [safe(buttons[0]?.name).toLowerCase(), safe(buttons.at(-1)?.name).toLowerCase()];
  const ends = `${percent(division.best)} ${best}, ${percent(division.worst)} ${worst}, ${percent(division.between)} between.`;
  const build = (): HTMLElement =>
    table<(typeof rows)[number]>({
      caption: title,
      rows,
      class: "votes-divide",
      columns: [
        {
          name: "Answer",
          head: true,
          cell: one => h("span", { class: "answer" }, smiley(one.value, buttons.length - 1), safe(one.name)),
        },
        { name: "As a bar", class: "wide", cell: one => bar(rating.distribution[one.value] ?? 0, most) },
        {
          name: "Share",
          number: true,
          cell: one => {
            const share = percent((rating.distribution[one.value] ?? 0) / rating.votes);
            return rating.distribution[one.value]
              ? opens(share, `show these votes for ${safe(one.name)}`, () => open(one.value))
              : share;
          },
        },
        {
          name: "Votes",
          number: true,
          cell: one =>
            counted(rating.distribution[one.value], `show the presses of ${safe(one.name)}`, () => open(one.value)),
        },
      ],
    });
  figure.show({
    title,
    note:
      division.divided === null
        ? `Too few votes to say whether visitors are of two minds. ${ends}`
        : division.divided
          ? `Its visitors are of two minds: ${ends}`
          : `No two camps: ${ends}`,
    csv,
    drawing: build(),
    table: build,
  });
}

/** @param open Told the hours that somebody chose. */
export function showCalls(
  figure: Figure,
  data: Exhibition,
  museum: Museum | undefined,
  csv: string,
  open: (column: Column, name?: string, types?: number[]) => void,
): void {
  const title = "Calls for help here";
  const rows = byColumn(data.callHours, data.calls.added, museum);
  const { names, notCounted } = data.calls;
  const held = notCounted.unreadable + notCounted.outOfHours + notCounted.other;
  if (allCalls(data.calls) === 0)
    return figure.say(
      title,
      `No call for help in this period${held ? `; ${count(held)} that could not be counted` : ""}.`,
      csv,
    );
  figure.show({
    title,
    note: `${callWords(data.calls, names)} by hour of the day${held ? `; ${count(held)} more could not be counted` : ""}. Choose a bar to see its calls.`,
    csv,
    height: 260,
    onPick: at => rows[at] && open(rows[at].column),
    option: colours => ({
      grid: { left: 34, right: 8, top: 14, bottom: 26 },
      tooltip: { ...tip(colours), trigger: "axis", axisPointer: { type: "none" } },
      xAxis: {
        type: "category",
        data: rows.map(row => shortName(row.column)),
        ...axisLook(colours),
        splitLine: { show: false },
      },
      yAxis: { type: "value", minInterval: 1, ...axisLook(colours), axisLine: { show: false } },
      series: [
        {
          name: safe(names.assistance),
          type: "bar",
          stack: "calls",
          barMaxWidth: 26,
          data: rows.map(row => row.assistance),
          itemStyle: { color: colours.accent },
        },
        {
          name: safe(names.emergencies),
          type: "bar",
          stack: "calls",
          barMaxWidth: 26,
          data: rows.map(row => row.emergencies),
          itemStyle: { color: colours.alarm },
        },
        ...data.calls.added
          .filter(kind => !kind.emergency)
          .map(({ value, name }) => ({
            name: safe(name),
            type: "bar" as const,
            stack: "calls",
            barMaxWidth: 26,
            data: rows.map(row => row.added.find(kind => kind.value === value)?.presses ?? 0),
            itemStyle: { color: colours.quiet },
          })),
      ],
    }),
    table: () =>
      table<(typeof rows)[number]>({
        caption: title,
        rows,
        columns: [
          { name: "Hours", cell: row => longName(row.column), head: true },
          ...callColumns<(typeof rows)[number]>(data.calls, (row, name, types) => open(row.column, name, types)),
          { name: "Per opening hour", number: true, cell: row => rate(row.perOpenHour) },
          {
            name: "Presses",
            number: true,
            cell: row => counted(allCalls(row), `show the calls from ${longName(row.column)}`, () => open(row.column)),
          },
        ],
      }),
  });
}

const states = {
  ok: () => pill("good", icons.check(), "Heard"),
  quiet: () => pill("warn", icons.near(), "Quiet"),
  silent: () => pill("bad", icons.below(), "Silent"),
  "never-heard": () => pill("quiet", icons.empty(), "Never heard"),
  closed: () => pill("calm", icons.clock(), "Closed now"),
};

/** @param refused Opens its refused records. */
export function showKiosk(figure: Figure, { kiosk }: Exhibition, csv: string, refused: () => void): void {
  const rows = (): [string, Node | string][] => [
    ["State", states[kiosk.state]()],
    ["In words", safe(kiosk.explanation)],
    ["Last press", when(kiosk.lastPress)],
    ["Usual gap at this hour", duration(kiosk.usualGapSeconds)],
    ["Repeats within five seconds", count(kiosk.repeats.presses)],
    ["Share of repeats", percent(kiosk.repeats.share, 1)],
    ["Refused records", counted(kiosk.refused.count, "show these records", refused)],
    ["Share of refused records", percent(kiosk.refused.share, 1)],
  ];
  const build = (): HTMLElement =>
    table<[string, Node | string]>({
      caption: "Its kiosk",
      rows: rows(),
      columns: [
        { name: "What", cell: ([name]) => name, head: true },
        { name: "How it is", cell: ([, value]) => value },
      ],
    });
  figure.show({ title: `Its kiosk, number ${safe(kiosk.site)}`, csv, drawing: build(), table: build });
}
