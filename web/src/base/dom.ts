// Elements from text alone: nothing here, or anywhere in these pages, ever parses HTML.

export type Child = Node | string | number | null | undefined | false;

export interface Props {
  class?: string | undefined;
  on?: Record<string, (event: Event) => void>;
  [attribute: string]: unknown;
}

function fill<E extends Element>(element: E, props: Props, children: Child[]): E {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value as Record<string, EventListener>))
        element.addEventListener(event, listener);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

export function append(parent: Element, children: Child[]): void {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false)
      parent.append(child instanceof Node ? child : String(child));
  }
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), props, children);
}

export function s(tag: string, props: Props = {}, ...children: Child[]): SVGElement {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

/** Replaces content without losing the focus: the focused element is found again by its data-key. */
export function replace(parent: Element, ...children: Child[]): void {
  const key = focusKey(parent);
  parent.replaceChildren();
  append(parent, children);
  if (key !== null) focusOn(parent, key);
}

function focusKey(parent: Element): string | null {
  const focused = document.activeElement;
  return focused && parent.contains(focused) ? focused.getAttribute("data-key") : null;
}

function focusOn(parent: Element, key: string): void {
  const again = [...parent.querySelectorAll<HTMLElement>("[data-key]")].find(element => element.dataset["key"] === key);
  again?.focus({ preventScroll: true });
}

/** A list whose rows stay the same elements while their stamp stays the same: nothing is read out or moved twice. */
export function keyed<T>(
  list: Element,
  items: T[],
  key: (item: T) => string,
  stamp: (item: T) => string,
  build: (item: T) => HTMLElement,
): void {
  const focused = focusKey(list);
  const old = new Map([...list.children].map(child => [child.getAttribute("data-row"), child as HTMLElement]));
  const rows = items.map(item => {
    const before = old.get(key(item));
    if (before && before.dataset["stamp"] === stamp(item)) return before;
    const row = build(item);
    row.dataset["row"] = key(item);
    row.dataset["stamp"] = stamp(item);
    return row;
  });
  const places = placesOf(list.children, list);
  let at: Element | null = list.firstElementChild;
  for (const row of rows) {
    if (row === at) at = at.nextElementSibling;
    else list.insertBefore(row, at);
  }
  while (at) {
    const next: Element | null = at.nextElementSibling;
    at.remove();
    at = next;
  }
  if (focused !== null && !list.contains(document.activeElement)) focusOn(list, focused);
  glide(places, list);
}

/** Asked when it matters: tests import this where there is no page. */
const still = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
const glideTime = 300;

/** Where something comes from, seen from where it is, and when it was first seen on its way. */
interface Way {
  x: number;
  y: number;
  since: number | null;
}

const gliding = new Map<HTMLElement, Way>();
let frame = 0;

/** Where each of these is seen, within what holds them. */
export function placesOf(elements: Iterable<Element>, within: Element): Map<HTMLElement, DOMPoint> {
  const { left, top } = within.getBoundingClientRect();
  const seen = ({ x, y }: DOMRect): DOMPoint => new DOMPoint(x - left, y - top);
  return new Map(
    ([...elements] as HTMLElement[])
      .filter(element => element.checkVisibility())
      .map(element => [element, seen(element.getBoundingClientRect())]),
  );
}

/**
 * What something new pushes on goes there before one's eyes: it does not jump from under the pointer. For somebody who
 * wants no motion it fades out where it was, and in where it is now. (Of the browser's own animations a second one,
 * begun while the first runs, would begin with a jump.)
 */
export function glide(before: Map<HTMLElement, DOMPoint>, within: Element): void {
  // A wall screen has no pointer, and measures what fits on it.
  if (document.hidden || document.documentElement.classList.contains("tv")) return;
  for (const element of before.keys()) arrive(element);
  for (const [element, { x, y }] of placesOf(before.keys(), within)) {
    const was = before.get(element)!;
    if (was.x !== x || was.y !== y) place(element, { x: was.x - x, y: was.y - y, since: null }, 1);
  }
  frame ||= requestAnimationFrame(step);
}

function arrive(element: HTMLElement): void {
  if (!gliding.delete(element)) return;
  element.style.transform = "";
  element.style.opacity = "";
}

/** However late the first picture comes, it begins where everything was. */
function step(now: number): void {
  for (const [element, way] of gliding) {
    way.since ??= now;
    const left = 1 - (now - way.since) / glideTime;
    if (left > 0 && element.isConnected) place(element, way, left);
    else arrive(element);
  }
  frame = gliding.size ? requestAnimationFrame(step) : 0;
}

function place(element: HTMLElement, way: Way, left: number): void {
  gliding.set(element, way);
  const part = still() ? Math.ceil(left - 0.5) : left * left;
  element.style.transform = `translate(${way.x * part}px, ${way.y * part}px)`;
  if (still()) element.style.opacity = String(Math.abs(2 * left - 1));
}
