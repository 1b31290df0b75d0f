// Content larger than its space can be scrolled with the keyboard too; content that fits takes no tab stop.
const watch = new ResizeObserver(entries => entries.forEach(({ target }) => look(target as HTMLElement)));

function look(element: HTMLElement): void {
  const more = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
  if (more) element.tabIndex = 0;
  else element.removeAttribute("tabindex");
}

export function scrollable<E extends HTMLElement>(element: E, name: string): E {
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", name);
  watch.observe(element);
  return element;
}
