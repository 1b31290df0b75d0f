// An hour, or a cell of a map by hours: it opens what is behind it, or narrows the page to it.

import { h } from "../base/dom";
import type { Router, View } from "../shell/state";
import type { Part } from "./behind";
import type { Question } from "./evidence";

export interface Cells {
  weekday?: number;
  hours: readonly number[];
  floor?: string;
}

export interface CellActs {
  /** Where a page can be narrowed to a cell. */
  choice?: HoursChoice;
  open: (title: string, part: Part, also?: Question["also"]) => void;
}

/** Which hours a page is narrowed to. */
export class HoursChoice {
  constructor(
    private readonly router: Router,
    private readonly view: View,
  ) {}

  get isOn(): boolean {
    return this.view.weekday !== "" || this.view.hour.length > 0;
  }

  /** A cell is among those that are chosen. */
  has = ({ weekday, hours }: Cells): boolean =>
    (this.view.weekday === "" || weekday === undefined || weekday === Number(this.view.weekday)) &&
    (this.view.hour.length === 0 || hours.some(hour => this.view.hour.includes(String(hour))));

  /** Exactly these are chosen. */
  is = ({ weekday, hours, floor }: Cells): boolean =>
    this.view.weekday === String(weekday ?? "") &&
    this.view.hour.length === hours.length &&
    hours.every(hour => this.view.hour.includes(String(hour))) &&
    (floor === undefined || (this.view.floor.length === 1 && this.view.floor[0] === floor));

  /** Chosen once more, all hours are shown again. */
  toggle = (cells: Cells): void =>
    this.router.go(this.is(cells) ? { weekday: "", hour: [], ...(cells.floor ? { floor: [] } : {}) } : patch(cells));

  also = (cells: Cells): Question["also"] =>
    this.is(cells) ? undefined : { text: "Only these on the page", act: () => this.router.go(patch(cells)) };

  button = (text: string, cells: Cells): HTMLElement =>
    h(
      "button",
      {
        type: "button",
        class: "number-link",
        "aria-pressed": String(this.is(cells)),
        title: "Only these hours on the page",
        on: { click: () => this.toggle(cells) },
      },
      text,
    );
}

const patch = ({ weekday, hours, floor }: Cells): Partial<View> => ({
  weekday: String(weekday ?? ""),
  hour: hours.map(String),
  ...(floor ? { floor: [floor] } : {}),
});
