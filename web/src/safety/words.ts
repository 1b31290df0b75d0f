// The words for a press for help.

import type { Press } from "../api/types";
import { h } from "../base/dom";
import { icons } from "../base/icons";
import { safe } from "../base/text";
import type { Context } from "../shell/context";
import { floorName } from "../shell/toolbar";

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
