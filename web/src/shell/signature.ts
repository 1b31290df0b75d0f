// Who acts: the signed-in user, or else the name a person gives, which this browser remembers.

import type { Me } from "../api/types";
import { h } from "../base/dom";
import { safe } from "../base/text";
import { keep } from "./theme";

const nameKey = "museum.name";

export interface Signature {
  element: HTMLElement;
  /** The input for the name, if it is not known yet. */
  input: HTMLInputElement | null;
  /** The name for a request. */
  sign: () => { name?: string };
}

export function signature(me: Me): Signature {
  if (me.name) return { element: h("p", { class: "note" }, `As ${safe(me.name)}`), input: null, sign: () => ({}) };
  const input = h("input", {
    name: "name",
    required: true,
    maxlength: 64,
    autocomplete: "name",
    value: keep.get(nameKey) ?? "",
  });
  const sign = (): { name: string } => {
    const name = input.value.trim();
    keep.set(nameKey, name);
    return { name };
  };
  return { element: h("label", {}, "Your name", input), input: input.value ? null : input, sign };
}
