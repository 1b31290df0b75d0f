// Alerts and calls that arrive push the rest of the page on. It goes there before one's eyes.

import type { Live } from "../api/live";
import { glide, placesOf } from "../base/dom";

/** What holds the parts of a page; each part goes with what holds it. */
const holders = "body, .page, .pair, #feed, #open";

/** Asks to be told first: what is measured is the page before anything on it has changed. */
export function makeRoom(live: Live): void {
  live.onPresses(() => {
    // A page that was scrolled is kept in place by the browser.
    const all = [...document.querySelectorAll(holders)].filter(holder => scrollY === 0 || holder !== document.body);
    const before = all.map(holder => [holder, placesOf(holder.children, holder)] as const);
    queueMicrotask(() => before.forEach(([holder, places]) => glide(places, holder)));
  });
}
