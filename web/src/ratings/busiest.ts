// Busiest hours: votes per hour that was open, by day of the week.

import type { Busiest, Museum } from "../api/types";
import { columns, longName, ratio, shortName } from "../base/rates";
import { count, fixed, plural, rate } from "../base/text";
import { hoursText, weekdays } from "../base/time";
import { opens } from "../evidence/behind";
import type { CellActs, Cells } from "../evidence/cells";
import type { Figure } from "../figures/figure";
import { heat } from "../figures/options";
import { table } from "../figures/table";

interface Cell {
  x: number;
  weekday: number;
  hours: string;
  votes: number;
  openHours: number;
  perOpenHour: number | null;
}

const full = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** @param act What is chosen now, and what happens with a cell that somebody chooses. */
export function showBusiest(
  figure: Figure,
  data: Pick<Busiest, "cells" | "period">,
  museum: Museum | undefined,
  csv: string,
  { choice, open }: CellActs,
): void {
  const parts = data.cells.filter(cell => cell.openHours > 0 || cell.votes > 0);
  const title = "When visitors vote";
  if (!parts.some(cell => cell.votes > 0)) return figure.say(title, "No votes in this period.", csv);
  const cols = columns(parts, museum?.opens, museum?.closes);
  const cells: Cell[] = cols
    .flatMap((column, x) =>
      full.map((_, at) => {
        const mine = parts.filter(part => part.weekday === at + 1 && column.hours.includes(part.hour));
        const [votes, openHours] = [
          mine.reduce((sum, part) => sum + part.votes, 0),
          mine.reduce((sum, part) => sum + part.openHours, 0),
        ];
        return { x, weekday: at, hours: longName(column), votes, openHours, perOpenHour: ratio(votes, openHours) };
      }),
    )
    .filter(cell => cell.openHours > 0 || cell.votes > 0);
  const outside = cells.filter(cell => cell.openHours === 0).reduce((sum, cell) => sum + cell.votes, 0);
  const busiest = cells.filter(cell => cell.perOpenHour !== null).sort((a, b) => b.perOpenHour! - a.perOpenHour!)[0];
  const most = busiest ? `Busiest: ${full[busiest.weekday]}, ${busiest.hours}, ${rate(busiest.perOpenHour)}.` : "";
  const of = ({ x, weekday }: Pick<Cell, "x" | "weekday">): Cells => ({
    weekday: weekday + 1,
    hours: cols[x]!.hours,
  });
  const show = (cell: Cell): void =>
    open(`Votes, ${hoursText(cell.weekday + 1, cols[cell.x]!.hours)}`, of(cell), choice?.also(of(cell)));
  figure.show({
    onPick: at => cells[at] && (choice ? choice.toggle(of(cells[at])) : show(cells[at])),
    title,
    note: `Votes per opening hour${museum ? ` (open ${museum.opens.slice(0, 5)} to ${museum.closes.slice(0, 5)})` : ""}. ${most}${choice ? " Choose a cell to see only its hours." : ""}${outside ? ` ${plural(outside, "vote")} outside opening hours: hatched, in no rate.` : ""}`,
    csv,
    option: heat(
      cols.map(shortName),
      weekdays,
      cells.map(cell => ({
        x: cell.x,
        y: cell.weekday,
        value: cell.perOpenHour,
        hatched: cell.openHours === 0,
        faint: choice?.isOn === true && !choice.has(of(cell)),
        text:
          cell.perOpenHour === null || cell.votes === 0 ? "" : fixed(cell.perOpenHour, cell.perOpenHour < 10 ? 1 : 0),
        tip: `${full[cell.weekday]}, ${cell.hours}\n${cell.perOpenHour === null ? "closed: in no rate" : `${rate(cell.perOpenHour)} votes per opening hour`}\n${count(cell.votes)} votes in ${fixed(cell.openHours, 1)} opening hours`,
      })),
    ),
    height: 290,
    label: `Heat map of votes per opening hour by day of the week and hour. ${most}`,
    table: () =>
      table<number>({
        caption: `${title}: votes per opening hour`,
        rows: cols.map((_, x) => x),
        columns: [
          {
            name: "Hours",
            cell: x => (choice ? choice.button(longName(cols[x]!), { hours: cols[x]!.hours }) : longName(cols[x]!)),
            head: true,
          },
          ...weekdays.map((name, at) => ({
            name,
            number: true,
            cell: (x: number) => {
              const cell = cells.find(one => one.weekday === at && one.x === x);
              return cell?.votes
                ? opens(
                    cell.perOpenHour === null ? "closed" : rate(cell.perOpenHour),
                    `show ${plural(cell.votes, "vote")}`,
                    () => show(cell),
                  )
                : rate(cell?.perOpenHour);
            },
          })),
        ],
      }),
  });
}
