// Ratings go from 0 to the best button the kiosks have. Five colours were chosen for them; a longer scale has
// intermediate ones too.
const stops = 4;

/** The place of a rating among the chosen colours, 0 to 4. */
export const place = (rating: number, best: number): number => (best > 0 ? (rating / best) * stops : 0);

/** The same as a colour of the style sheet, which follows the theme. */
export function colourOf(rating: number, best: number): string {
  const at = place(rating, best);
  const lower = Math.floor(at);
  const share = Math.round((at - lower) * 100);
  return share === 0 ? `var(--r${lower})` : `color-mix(in srgb, var(--r${lower + 1}) ${share}%, var(--r${lower}))`;
}

export const marks = (best: number): number[] => Array.from({ length: best + 1 }, (_, value) => value);
