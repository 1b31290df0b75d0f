// An exhibition's name leads to its own page, wherever it stands.

import { h } from "../base/dom";
import { safe } from "../base/text";
import type { Router, View } from "./state";

let router: Router | null = null;

/** Plain clicks on any of them go there within the page. */
export function followExhibitions(of: Router, follow: (event: MouseEvent, act: () => void) => void): void {
  router = of;
  document.addEventListener("click", event => {
    const link = (event.target as Element).closest<HTMLElement>("a[data-exhibition]");
    const id = link?.dataset["exhibition"];
    if (id !== undefined) follow(event, () => of.go(place(id, link?.dataset["museum"])));
  });
}

const place = (id: string, museum?: string): Partial<View> => ({
  page: "exhibition",
  exhibition: [id],
  floor: [],
  department: [],
  ...(museum === undefined ? {} : { museum }),
});

export const exhibitionHref = (id: string, museum?: string): string | undefined => router?.href(place(id, museum));

/** @param museum Its code, where it may be another one than the page's. */
export const exhibitionLink = (id: string, name: string, museum?: string): HTMLElement =>
  h(
    "a",
    {
      class: "exhibition-link",
      href: exhibitionHref(id, museum),
      "data-exhibition": id,
      "data-museum": museum,
    },
    h("bdi", {}, safe(name)),
  );
