// Content larger than its space can be scrolled with the keyboard too; content that fits takes no tab stop.
const scrolled = new WeakSet<Element>();

/** Of the content too: it may grow where what holds it does not. */
const watch = new ResizeObserver(entries =>
  entries.forEach(({ target }) => look((scrolled.has(target) ? target : target.parentElement) as HTMLElement)),
);

function look(element: HTMLElement): void {
  const more = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
  if (more) element.tabIndex = 0;
  else element.removeAttribute("tabindex");
}

export function scrollable<E extends HTMLElement>(element: E, name: string): E {
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", name);
  scrolled.add(element);
  for (const part of [element, ...element.children]) watch.observe(part);
  return element;
}

/** What is there now, at once: the observer looks only when the next picture is drawn. */
export const lookWithin = (holder: Element): void =>
  holder.querySelectorAll("*").forEach(part => scrolled.has(part) && look(part as HTMLElement));
