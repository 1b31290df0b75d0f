import type { Press } from "./types";

/** When it was pressed; when it arrived, where that is not known, would be in the future, or the kiosk's clock is wrong: arrival is what we know. */
export const instant = (press: Pick<Press, "at" | "receivedAt" | "clockWrong">): string =>
  press.at !== null &&
  !press.clockWrong &&
  (press.receivedAt === null || Date.parse(press.at) <= Date.parse(press.receivedAt))
    ? press.at
    : (press.receivedAt ?? press.at ?? "");
