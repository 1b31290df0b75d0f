// A wall screen cannot be scrolled: no row is cut in two, lists of newest items show as many as fit, and tables that do
// not fit take turns.
const turn = 10_000;
let step = 0;

/** Newest or most urgent first: their ends may be hidden, their beginnings never. */
const lists = "#feed .feed, #open .incidents";
const tables = "#ranking tbody, #kiosks tbody, #partitions tbody, #museums tbody";

export function wall(): void {
  const look = (): void => {
    if (document.documentElement.classList.contains("tv")) fit();
    else document.querySelectorAll("[data-out]").forEach(row => row.removeAttribute("data-out"));
  };
  let soon = 0;
  const later = (): void =>
    void (soon ||= requestAnimationFrame(() => {
      soon = 0;
      look();
    }));
  new MutationObserver(later).observe(document.documentElement, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["class", "hidden", "data-row"],
  });
  addEventListener("resize", later);
  setInterval(() => {
    step++;
    look();
  }, turn);
}

function fit(): void {
  const floor = innerHeight - 12;
  for (const list of document.querySelectorAll<HTMLElement>(lists)) show(rowsOf(list), floor, false);
  for (const body of document.querySelectorAll<HTMLElement>(tables)) show(rowsOf(body), floor, true);
}

const rowsOf = (list: HTMLElement): HTMLElement[] => {
  const rows = [...list.children] as HTMLElement[];
  rows.forEach(row => row.removeAttribute("data-out"));
  return list.checkVisibility() ? rows : [];
};

function show(rows: HTMLElement[], floor: number, turns: boolean): void {
  const [first] = rows;
  if (!first) return;
  const top = first.getBoundingClientRect().top + scrollY;
  const heights = rows.map(row => row.getBoundingClientRect().height);
  const pages: number[][] = [[]];
  let at = top;
  rows.forEach((_, index) => {
    const height = heights[index]!;
    if (at + height > floor && pages.at(-1)!.length > 0) {
      pages.push([]);
      at = top;
    }
    pages.at(-1)!.push(index);
    at += height;
  });
  const now = pages[turns ? step % pages.length : 0]!;
  rows.forEach((row, index) => now.includes(index) || row.setAttribute("data-out", ""));
}
