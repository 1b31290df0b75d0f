import type { Live } from "../api/live";
import type { Me, Museum } from "../api/types";
import type { Evidence } from "../evidence/evidence";
import type { Router, View } from "./state";

/** What every part of the page may need. */
export interface Context {
  router: Router;
  live: Live;
  me: Me;
  museums: Museum[];
  /** Opens what is behind a number. */
  evidence: Evidence;
}

export const museumOf = ({ museums, router }: Context): Museum | undefined =>
  museums.find(museum => museum.code === router.view.museum) ?? museums[0];

export interface Page {
  readonly element: HTMLElement;
  readonly title: string;
  /** The view or the numbers have changed. */
  show(view: View): void;
}
