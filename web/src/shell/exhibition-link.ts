// An exhibition's name leads to its own page, wherever it stands.

import { h } from "../base/dom";
import { safe } from "../base/text";
import type { Router } from "./state";

let router: Router | null = null;

/** Plain clicks on any of them go there within the page. */
export function followExhibitions(of: Router, follow: (event: MouseEvent, act: () => void) => void): void {
  router = of;
  document.addEventListener("click", event => {
    const link = (event.target as Element).closest<HTMLElement>("a[data-exhibition]");
    const id = link?.dataset["exhibition"];
    if (id !== undefined) follow(event, () => of.go(place(id)));
  });
}

const place = (id: string) => ({ page: "exhibition" as const, exhibition: [id], floor: [], department: [] });

export const exhibitionHref = (id: string): string | undefined => router?.href(place(id));

export const exhibitionLink = (id: string, name: string): HTMLElement =>
  h("a", { class: "exhibition-link", href: exhibitionHref(id), "data-exhibition": id }, h("bdi", {}, safe(name)));
