// The presses behind a number: each with when, which button, and where it came from, so that whoever doubts a figure
// can follow it.

import { address, get } from "../api/client";
import type { HelpEvents, RatingEvents } from "../api/types";
import { h, replace } from "../base/dom";
import { icons } from "../base/icons";
import { count, plural, safe } from "../base/text";
import { when } from "../base/time";
import type { Column } from "../figures/table";
import { table } from "../figures/table";

type Events = RatingEvents | HelpEvents;
type Event = RatingEvents["events"][number] | HelpEvents["events"][number];

const page = 50;

export class Evidence {
  readonly element = h("dialog", { class: "dialog evidence", "aria-labelledby": "evidence-title" });
  private rows: Event[] = [];
  private abort = new AbortController();

  /** @param query As the API takes it: whose, which days, which hour, which button. */
  open(title: string, path: "/ratings/events" | "/help/events", query: string): void {
    const back = document.activeElement as HTMLElement | null;
    this.abort.abort();
    this.abort = new AbortController();
    this.rows = [];
    const note = h("p", { class: "note", role: "status" }, "Reading…");
    const list = h("div", { class: "evidence-list" });
    const more = h("button", { type: "button", class: "quiet", hidden: true }, "Show more");
    const close = h("button", { type: "button", class: "quiet", on: { click: () => this.element.close() } }, "Close");
    replace(
      this.element,
      h(
        "div",
        { class: "evidence-frame" },
        h("h2", { id: "evidence-title" }, title),
        note,
        list,
        h(
          "div",
          { class: "buttons" },
          h(
            "a",
            { class: "tool", download: "", href: address(path, `${query}&limit=10000&format=csv`) },
            icons.download(),
            "CSV",
          ),
          more,
          close,
        ),
      ),
    );
    const read = async (cursor: string | null): Promise<void> => {
      more.disabled = true;
      const { signal } = this.abort;
      try {
        const asked = `${query}&limit=${page}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
        const data = await get<Events>(path, asked, signal);
        this.rows.push(...data.events);
        note.textContent =
          data.total === 0
            ? "No press is behind it."
            : `${plural(data.total, "press", "presses")}${data.next === null ? "" : `, the first ${count(this.rows.length)} here`}, the oldest first.`;
        replace(list, this.rows.length ? presses(title, this.rows) : null);
        more.hidden = data.next === null;
        more.onclick = () => void read(data.next);
      } catch (e) {
        if (!signal.aborted) note.textContent = e instanceof Error ? e.message : String(e);
      } finally {
        more.disabled = false;
      }
    };
    this.element.onclose = () => {
      this.abort.abort();
      if (back?.isConnected) back.focus();
    };
    this.element.showModal();
    close.focus();
    void read(null);
  }
}

function presses(title: string, rows: Event[]): HTMLElement {
  const help = rows.some(row => "state" in row);
  const columns: Column<Event>[] = [
    { name: "Pressed", cell: row => h("time", { datetime: row.at }, when(row.at)), head: true },
    { name: "Button", cell: row => safe(row.name) },
    ...(help
      ? [
          { name: "Arrived", cell: (row: Event) => ("arrivedAt" in row ? when(row.arrivedAt) : null) },
          { name: "What was done", cell: (row: Event) => ("state" in row ? done(row) : null) },
        ]
      : []),
    { name: "Where it came from", cell: row => h("code", {}, safe(row.source)) },
    { name: "Number of the row", cell: row => h("code", {}, row.id), class: "extra" },
  ];
  return table<Event>({ caption: title, rows, columns });
}

function done(row: HelpEvents["events"][number]): string {
  if (row.state === "history") return "history: nobody could answer";
  const by = row.acknowledgedBy ? ` by ${safe(row.acknowledgedBy)}` : "";
  return `${row.state ?? "gone"}${by}${row.outcome ? `: ${safe(row.outcome)}` : ""}`;
}

/** A number that opens what is behind it. */
export const opens = (text: string, label: string, act: () => void): HTMLElement =>
  h(
    "button",
    { type: "button", class: "number-link", "aria-label": `${text}: ${label}`, title: label, on: { click: act } },
    text,
  );
