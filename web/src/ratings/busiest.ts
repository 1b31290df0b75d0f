// Busiest hours: votes per hour that was open, by day of the week.
import { exceptShort, highest } from "../base/rates";
import { count, fixed, rate } from "../base/text";
import { hourText, weekdays } from "../base/time";
import type { Busiest, Museum } from "../api/types";
import type { Figure } from "../figures/figure";
import { heat } from "../figures/options";
import { table } from "../figures/table";

export function showBusiest(figure: Figure, data: Busiest, museum: Museum | undefined, csv: string): void {
  const cells = data.cells.filter(cell => cell.openHours > 0 || cell.votes > 0);
  const title = "When visitors vote";
  if (!cells.some(cell => cell.votes > 0)) return figure.say(title, "No votes in this period.", csv);
  const hours = [...new Set(cells.map(cell => cell.hour))].sort((a, b) => a - b);
  const busiest = highest(cells);
  const full = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
  figure.show({
    title,
    note: `Votes per opening hour${museum ? ` (open ${museum.opens.slice(0, 5)} to ${museum.closes.slice(0, 5)})` : ""}. Busiest: ${full[busiest.weekday - 1]} at ${hourText(busiest.hour)}, ${rate(busiest.perOpenHour)}${exceptShort(cells)}.`,
    csv,
    option: heat(hours.map(hour => String(hour).padStart(2, "0")), weekdays, cells.map(cell => ({
      x: hours.indexOf(cell.hour), y: cell.weekday - 1, value: cell.openHours > 0 ? cell.perOpenHour : null, text: cell.perOpenHour === null || cell.votes === 0 ? "" : fixed(cell.perOpenHour, cell.perOpenHour < 10 ? 1 : 0),
      tip: `${full[cell.weekday - 1]}, ${hourText(cell.hour)}\n${rate(cell.perOpenHour)} votes per opening hour\n${count(cell.votes)} votes in ${fixed(cell.openHours, 0)} hours`,
    }))),
    height: 290,
    label: `Heat map of votes per opening hour by day of the week and hour. Busiest: ${full[busiest.weekday - 1]} at ${hourText(busiest.hour)}.`,
    table: () => table<number>({
      caption: `${title}: votes per opening hour`, rows: hours,
      columns: [{ name: "Hour", cell: hourText, head: true }, ...weekdays.map((name, at) => ({
        name, number: true, cell: (hour: number) => rate(cells.find(cell => cell.weekday === at + 1 && cell.hour === hour)?.perOpenHour),
      }))],
    }),
  });
}
