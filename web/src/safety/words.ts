// The words for a press for help.

import type { Press, Safety } from "../api/types";
import { h } from "../base/dom";
import { icons } from "../base/icons";
import { count, floorName, plural, safe } from "../base/text";
import type { Column } from "../figures/table";
import type { Context } from "../shell/context";

export const kindWord = (press: Press): string =>
  press.kind === "unreadable" ? "Unreadable call" : safe(press.name ?? "Call for help");

export const kindIcon = (press: Press): SVGElement => icons[press.kind]();

export const placeName = (press: Press): string =>
  press.exhibition ? safe(press.exhibition.name) : press.site ? `Unknown kiosk ${safe(press.site)}` : "Unknown kiosk";

export const placeFloor = (press: Press): string =>
  press.exhibition ? floorName(press.exhibition.floor) : "floor unknown";

export const place = (press: Press): HTMLElement =>
  h("span", { class: "place" }, h("bdi", {}, placeName(press)), h("span", { class: "floor" }, placeFloor(press)));

export const museumName = ({ museums }: Context, code: string): string =>
  museums.find(museum => museum.code === code)?.name ?? code;

type Totals = Safety["totals"];
type Calls = Pick<Totals, "emergencies" | "assistance" | "added">;

/** All presses of help buttons: those in the rates, and those of kinds that the museum added. */
export const allCalls = ({ emergencies, assistance, added }: Calls): number =>
  emergencies + assistance + added.reduce((sum, kind) => sum + (kind.emergency ? 0 : kind.presses), 0);

/** A column for each kind of call, under its own name. */
export const callColumns = <T extends Calls>({ names, added }: Totals): Column<T>[] => [
  { name: safe(names.emergencies), number: true, cell: row => count(row.emergencies) },
  { name: safe(names.assistance), number: true, cell: row => count(row.assistance) },
  ...added.map(({ value, name }) => ({
    name: safe(name),
    number: true,
    cell: (row: T) => count(row.added.find(kind => kind.value === value)?.presses ?? 0),
  })),
];

/** For example: 2 emergencies, 5 for assistance, 1 Cleaning. */
export const callWords = (calls: Calls, { emergencies, assistance }: Totals["names"]): string =>
  [
    emergencies === "Emergencies"
      ? plural(calls.emergencies, "emergency", "emergencies")
      : `${count(calls.emergencies)} ${safe(emergencies)}`,
    `${count(calls.assistance)} ${assistance === "Assistance" ? "for assistance" : safe(assistance)}`,
    ...calls.added
      .filter(kind => kind.presses > 0 && !kind.emergency)
      .map(kind => `${count(kind.presses)} ${safe(kind.name)}`),
  ].join(", ");
