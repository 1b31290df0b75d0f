// Light or dark: the system's preference, until a person chooses.
const key = "museum.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const print = matchMedia("print");
/** Paper is light. */
let paper = print.matches;
const listeners = new Set<() => void>();

export type Theme = "light" | "dark";

function remembered(): Theme | null {
  const value = keep.get(key);
  return value === "light" || value === "dark" ? value : null;
}

/** This browser's memory; nothing if it is not allowed. */
export const keep = {
  get(name: string): string | null {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  set(name: string, value: string): void {
    try {
      localStorage.setItem(name, value);
    } catch {
      /* private browsing */
    }
  },
};

export const theme = (): Theme => remembered() ?? (system.matches ? "dark" : "light");

export function apply(): void {
  document.documentElement.dataset["theme"] = paper ? "light" : theme();
  listeners.forEach(listener => listener());
}

export function toggle(): void {
  keep.set(key, theme() === "dark" ? "light" : "dark");
  apply();
}

export const onTheme = (listener: () => void): void => void listeners.add(listener);

system.addEventListener("change", apply);
print.addEventListener("change", () => printing(print.matches));
addEventListener("beforeprint", () => printing(true));
addEventListener("afterprint", () => printing(false));

function printing(now: boolean): void {
  if (now === paper) return;
  paper = now;
  apply();
}
