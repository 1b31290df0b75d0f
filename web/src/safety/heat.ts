import { exceptShort, highest } from "../base/rates";
import { count, fixed, plural, rate } from "../base/text";
import { hourText } from "../base/time";
import type { Safety } from "../api/types";
import type { Figure } from "../figures/figure";
import { heat } from "../figures/options";
import { table } from "../figures/table";
import { floorName } from "../shell/toolbar";

type Cell = Safety["heat"][number];

export function showHeat(figure: Figure, data: Safety, csv: string): void {
  const cells = data.heat.filter(cell => cell.openHours > 0 || cell.presses > 0);
  const title = "Where and when help is needed";
  if (!cells.some(cell => cell.presses > 0)) return figure.say(title, "No calls for help in this period.", csv);
  const hours = [...new Set(cells.map(cell => cell.hour))].sort((a, b) => a - b);
  const floors = [...new Set(cells.map(cell => cell.floor))].sort((a, b) => a.localeCompare(b, "en-GB", { numeric: true }));
  const worst = highest(cells);
  const tip = (cell: Cell): string => `${floorName(cell.floor)}, ${hourText(cell.hour)}\n${rate(cell.perOpenHour)} calls per opening hour${cell.low === null ? "" : ` (${rate(cell.low)} to ${rate(cell.high)})`}\n${plural(cell.presses, "call")} in ${fixed(cell.openHours, 0)} hours`;
  figure.show({
    title,
    note: `Calls per opening hour, by floor and hour. Most: ${floorName(worst.floor)} at ${hourText(worst.hour)}, ${rate(worst.perOpenHour)}${exceptShort(cells)}.`,
    csv,
    option: heat(hours.map(hour => String(hour).padStart(2, "0")), floors.map(floorName), cells.map(cell => ({
      x: hours.indexOf(cell.hour), y: floors.indexOf(cell.floor), value: cell.openHours > 0 ? cell.perOpenHour : null,
      text: cell.perOpenHour === null || cell.presses === 0 ? "" : fixed(cell.perOpenHour, cell.perOpenHour < 0.1 ? 2 : 1), tip: tip(cell),
    })), true),
    height: 40 + floors.length * 46,
    label: `Heat map of calls per opening hour by floor and hour. Most: ${floorName(worst.floor)} at ${hourText(worst.hour)}.`,
    table: () => table<number>({
      caption: `${title}: calls per opening hour (number of calls)`, rows: hours,
      columns: [{ name: "Hour", cell: hourText, head: true }, ...floors.map(floor => ({
        name: floorName(floor), number: true, cell: (hour: number) => {
          const cell = cells.find(other => other.floor === floor && other.hour === hour);
          return cell ? `${rate(cell.perOpenHour)} (${count(cell.presses)})` : "–";
        },
      }))],
    }),
  });
}
