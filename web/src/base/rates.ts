/**
 * Where the rate is highest. An hour of which the museum is open for fifteen minutes has few presses, or many from before the doors opened: it is
 * drawn like the others, but not named as the busiest.
 */
export function highest<T extends { openHours: number; perOpenHour: number | null }>(cells: readonly T[]): T {
  const whole = Math.max(...cells.map(cell => cell.openHours));
  return [...cells].filter(cell => cell.openHours >= whole / 2).sort((a, b) => (b.perOpenHour ?? 0) - (a.perOpenHour ?? 0))[0]!;
}

/** What is drawn darker than what is named, and why it is not named. */
export const exceptShort = <T extends { openHours: number; perOpenHour: number | null }>(cells: readonly T[]): string =>
  cells.some(cell => (cell.perOpenHour ?? 0) > (highest(cells).perOpenHour ?? 0)) ? " (hours open for a short time aside)" : "";
