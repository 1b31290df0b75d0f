// What is wider or longer than its place can be scrolled with the keyboard too; what is not is no stop on its way.
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
