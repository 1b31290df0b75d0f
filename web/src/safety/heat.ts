import type { Museum, Safety } from "../api/types";
import { columns, longName, ratio, shortName } from "../base/rates";
import { fixed, floorName, plural, rate } from "../base/text";
import { counted, ratedTypes } from "../evidence/behind";
import type { CellActs, Cells } from "../evidence/cells";
import type { Figure } from "../figures/figure";
import { heat } from "../figures/options";
import { table } from "../figures/table";

interface Cell {
  x: number;
  y: number;
  floor: string;
  hours: string;
  of: Cells;
  presses: number;
  openHours: number;
  perOpenHour: number | null;
}

/** Every floor in every column of hours. */
function cellsOf(data: Safety, museum: Museum | undefined): { cells: Cell[]; names: string[]; floors: string[] } {
  const parts = data.heat.filter(cell => cell.openHours > 0 || cell.presses > 0);
  const floors = [...new Set(parts.map(cell => cell.floor))].sort((a, b) =>
    a.localeCompare(b, "en-GB", { numeric: true }),
  );
  const cols = columns(parts, museum?.opens, museum?.closes);
  const cells = cols.flatMap((column, x) =>
    floors.map((floor, y) => {
      const mine = parts.filter(part => part.floor === floor && column.hours.includes(part.hour));
      const [presses, openHours] = [
        mine.reduce((sum, part) => sum + part.presses, 0),
        mine.reduce((sum, part) => sum + part.openHours, 0),
      ];
      const of = { floor, hours: column.hours };
      return { x, y, floor, hours: longName(column), of, presses, openHours, perOpenHour: ratio(presses, openHours) };
    }),
  );
  return { cells, floors, names: cols.map(shortName) };
}

export function showHeat(
  figure: Figure,
  data: Safety,
  museum: Museum | undefined,
  csv: string,
  { choice, open: show }: CellActs,
): void {
  const title = "Where and when help is needed";
  if (!data.heat.some(cell => cell.presses > 0)) return figure.say(title, "No calls for help in this period.", csv);
  const { cells, names, floors } = cellsOf(data, museum);
  const open = cells.filter(cell => cell.perOpenHour !== null);
  const outside = cells.filter(cell => cell.perOpenHour === null).reduce((sum, cell) => sum + cell.presses, 0);
  const worst = [...open].sort((a, b) => b.perOpenHour! - a.perOpenHour!)[0];
  const most =
    worst && worst.presses > 0 ? `Most: ${floorName(worst.floor)}, ${worst.hours}, ${rate(worst.perOpenHour)}.` : "";
  const shown = cells.filter(cell => cell.openHours > 0 || cell.presses > 0);
  figure.show({
    title,
    onPick: at => shown[at] && choice?.toggle(shown[at].of),
    note: `Calls per opening hour, by floor and hour. ${most} Choose a cell to see only its calls.${outside ? ` ${plural(outside, "call")} outside opening hours: hatched, in no rate.` : ""}`,
    csv,
    option: heat(
      names,
      floors.map(floorName),
      shown.map(cell => ({
        x: cell.x,
        y: cell.y,
        value: cell.perOpenHour,
        hatched: cell.openHours === 0,
        faint: choice?.isOn === true && !choice.has(cell.of),
        text:
          cell.perOpenHour === null || cell.presses === 0
            ? ""
            : fixed(cell.perOpenHour, cell.perOpenHour < 0.1 ? 2 : cell.perOpenHour < 10 ? 1 : 0),
        tip: `${floorName(cell.floor)}, ${cell.hours}\n${cell.perOpenHour === null ? "closed: in no rate" : `${rate(cell.perOpenHour)} calls per opening hour`}\n${plural(cell.presses, "call")} in ${fixed(cell.openHours, 1)} opening hours`,
      })),
      true,
    ),
    height: 40 + floors.length * 46,
    label: `Heat map of calls per opening hour by floor and hour. ${most}`,
    table: () =>
      table<Cell>({
        caption: `${title}, as numbers`,
        rows: shown,
        columns: [
          { name: "Hours", cell: cell => (choice ? choice.button(cell.hours, cell.of) : cell.hours), head: true },
          { name: "Floor", cell: cell => floorName(cell.floor) },
          {
            name: "Calls",
            number: true,
            cell: cell =>
              counted(cell.presses, "show these calls", () =>
                show(
                  `Calls, ${floorName(cell.floor)}, ${cell.hours}`,
                  { ...cell.of, types: ratedTypes(data.totals) },
                  choice?.also(cell.of),
                ),
              ),
          },
          { name: "Opening hours", number: true, cell: cell => fixed(cell.openHours, 1) },
          { name: "Per opening hour", number: true, cell: cell => rate(cell.perOpenHour) },
        ],
      }),
  });
}
