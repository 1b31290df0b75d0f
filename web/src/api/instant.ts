import type { Press } from "./types";

/** Clocks differ a little: a press that is ahead of its arrival by less than this, in ms, is not in the future. */
const tick = 100;

/**
 * When it was pressed; or when it arrived, if the time of the press is unknown, in the future, or from a wrong clock.
 */
export const instant = (press: Pick<Press, "at" | "receivedAt" | "clockWrong">): string =>
  press.at !== null &&
  !press.clockWrong &&
  (press.receivedAt === null || Date.parse(press.at) <= Date.parse(press.receivedAt) + tick)
    ? press.at
    : (press.receivedAt ?? press.at ?? "");
