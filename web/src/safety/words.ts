// The words for a press for help.

import type { Press, Safety } from "../api/types";
import { h } from "../base/dom";
import { icons } from "../base/icons";
import { count, floorName, plural, safe } from "../base/text";
import { counted, emergencyTypes } from "../evidence/behind";
import type { Column } from "../figures/table";
import type { Context } from "../shell/context";
import { exhibitionLink } from "../shell/exhibition-link";

export const kindWord = (press: Press): string =>
  press.kind === "unreadable" ? "Unreadable call" : safe(press.name ?? "Call for help");

export const kindIcon = (press: Press): SVGElement => icons[press.kind]();

export const placeName = (press: Press): string =>
  press.exhibition ? safe(press.exhibition.name) : press.site ? `Unknown kiosk ${safe(press.site)}` : "Unknown kiosk";

export const placeFloor = (press: Press): string =>
  press.exhibition ? floorName(press.exhibition.floor) : "floor unknown";

/** Where somebody called; what is known by name leads to its page. */
export const placeLink = (press: Press): HTMLElement =>
  press.exhibition
    ? exhibitionLink(press.exhibition.publicId, press.exhibition.name, press.museum)
    : h("bdi", {}, placeName(press));

export const place = (press: Press): HTMLElement =>
  h("span", { class: "place" }, placeLink(press), h("span", { class: "floor" }, placeFloor(press)));

export const museumName = ({ museums }: Context, code: string): string =>
  museums.find(museum => museum.code === code)?.name ?? code;

type Totals = Safety["totals"];
type Calls = Pick<Totals, "emergencies" | "assistance" | "added">;

/** All presses of help buttons: those in the rates, and those of kinds that the museum added. */
export const allCalls = ({ emergencies, assistance, added }: Calls): number =>
  emergencies + assistance + added.reduce((sum, kind) => sum + (kind.emergency ? 0 : kind.presses), 0);

/**
 * A column for each kind of call, under its own name.
 * @param open Opens the calls of a row that have these types.
 */
export const callColumns = <T extends Calls>(
  { names, added }: Pick<Totals, "names" | "added">,
  open: (row: T, name: string, types: number[]) => void,
): Column<T>[] => {
  const column = (of: string, types: number[], calls: (row: T) => number): Column<T> => ({
    name: safe(of),
    number: true,
    cell: row => counted(calls(row), "show these calls", () => open(row, safe(of), types)),
  });
  return [
    column(names.emergencies, emergencyTypes({ added }), row => row.emergencies),
    column(names.assistance, [0], row => row.assistance),
    ...added.map(({ value, name }) =>
      column(name, [value], row => row.added.find(kind => kind.value === value)?.presses ?? 0),
    ),
  ];
};

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
