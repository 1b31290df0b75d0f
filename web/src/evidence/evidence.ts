// What is behind a number: its presses or refused records, each with when, what and where it came from, so that whoever
// doubts a figure can follow it.

import { address, get } from "../api/client";
import type { Me } from "../api/types";
import { h, replace } from "../base/dom";
import { icons } from "../base/icons";
import { count, plural, safe } from "../base/text";
import { when } from "../base/time";
import type { Column } from "../figures/table";
import { table } from "../figures/table";
import type { Call, Event } from "./record";
import { done, isCall, isRefused, placeOf, showRecord, where } from "./record";

export type Path = "/ratings/events" | "/help/events" | "/data/refused/events";

interface Events {
  total: number;
  notKept: number;
  next: string | null;
  events: Event[];
}

export interface Question {
  title: string;
  path: Path;
  /** As the API takes it: whose, which days, which hours, which button. */
  query: string;
  /** Something else that can be done with these. */
  also?: { text: string; act: () => void } | undefined;
}

const page = 50;

export class Evidence {
  readonly element = h("dialog", { class: "dialog evidence", "aria-labelledby": "evidence-title" });
  private rows: Event[] = [];
  private abort = new AbortController();
  /** Of the one record that is shown. */
  private reading = new AbortController();

  constructor(private readonly me: Me) {}

  close = (): void => this.element.close();

  open({ title, path, query, also }: Question): void {
    const back = document.activeElement as HTMLElement | null;
    this.abort.abort();
    this.abort = new AbortController();
    this.rows = [];
    const note = h("p", { class: "note", role: "status" }, "Reading…");
    const list = h("div", { class: "evidence-list" });
    const button = (text: string, click: () => void): HTMLButtonElement =>
      h("button", { type: "button", class: "quiet", on: { click } }, text);
    const more = button("Show more", () => undefined);
    more.hidden = true;
    const close = button("Close", this.close);
    const one = h("div", { class: "evidence-one", hidden: true });
    const toList = (row: Event): void => {
      this.reading.abort();
      [one.hidden, frame.hidden] = [true, false];
      list.querySelector<HTMLElement>(`[data-key="${row.id}"]`)?.focus();
    };
    const museum = new URLSearchParams(query).get("museum") ?? "";
    const record = (row: Event): void => {
      this.reading.abort();
      this.reading = new AbortController();
      const home = button("‹ All of them", () => toList(row));
      replace(
        one,
        h("h2", {}, title),
        showRecord(row, this.me, museum, this.reading.signal),
        h("div", { class: "buttons" }, home, button("Close", this.close)),
      );
      [one.hidden, frame.hidden] = [false, true];
      home.focus();
    };
    const most = path === "/data/refused/events" ? 500 : 10_000;
    const frame = h(
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
          { class: "tool", download: "", href: address(path, `${query}&limit=${most}&format=csv`) },
          icons.download(),
          "CSV",
        ),
        also ? button(also.text, also.act) : null,
        more,
        close,
      ),
    );
    replace(this.element, frame, one);
    const read = async (cursor: string | null): Promise<void> => {
      more.disabled = true;
      const { signal } = this.abort;
      try {
        const asked = `${query}&limit=${page}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
        const data = await get<Events>(path, asked, signal);
        this.rows.push(...data.events);
        note.textContent = told(data, this.rows.length, path);
        replace(list, this.rows.length ? presses(title, this.rows, record) : null);
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
      this.reading.abort();
      if (back?.isConnected) back.focus();
    };
    this.element.showModal();
    close.focus();
    void read(null);
  }
}

/** How many there are, how many of them are here, and how many nobody can see any more. */
function told({ total, notKept, next }: Events, here: number, path: Path): string {
  const [one, many, order] =
    path === "/data/refused/events" ? ["record", "records", "newest"] : ["press", "presses", "oldest"];
  if (total === 0) return `No ${one} is behind it.`;
  const all = plural(total, one, many);
  const gone = `${count(notKept)} of them ${notKept === 1 ? "is" : "are"} counted, but no longer kept: ${notKept === 1 ? "its month was" : "their months were"} taken out of the database.`;
  if (notKept >= total)
    return `${all}. ${total === 1 ? "It is" : "They are"} counted, but no longer kept: their months were taken out of the database.`;
  const shown = next === null ? "" : `, the first ${count(here)} here`;
  return `${all}${shown}, the ${order} first.${notKept > 0 ? ` ${gone}` : ""}`;
}

function presses(title: string, rows: Event[], record: (row: Event) => void): HTMLElement {
  const columns: Column<Event>[] = [
    { name: "Pressed", cell: row => pressed(row), head: true },
    ...(new Set(rows.map(row => row.exhibition?.publicId)).size > 1
      ? [{ name: "Exhibition", cell: (row: Event) => where(row) }]
      : []),
    { name: rows.some(isRefused) ? "Why it does not count" : "Button", cell: row => what(row) },
    ...(rows.some(isCall)
      ? [
          { name: "Arrived", cell: (row: Event) => (isCall(row) ? arrived(row) : null) },
          { name: "What was done", cell: (row: Event) => (isCall(row) ? done(row) : null) },
        ]
      : []),
    {
      name: "Where it came from",
      cell: row =>
        h(
          "button",
          {
            type: "button",
            class: "number-link",
            title: "Show this record",
            "data-key": row.id,
            on: { click: () => record(row) },
          },
          h("code", {}, placeOf(row)),
        ),
    },
  ];
  return table<Event>({ caption: title, rows, columns, class: "presses" });
}

function pressed(row: Event): HTMLElement {
  if (isRefused(row) && row.at === null)
    return h("span", {}, "unknown, received ", h("time", { datetime: row.receivedAt }, when(row.receivedAt)));
  return h("time", { datetime: row.at ?? "" }, when(row.at));
}

const what = (row: Event): Node | string =>
  isRefused(row)
    ? h("span", { class: "where" }, safe(row.reason.replaceAll("_", " ")), h("small", {}, safe(row.detail)))
    : safe(row.name);

/** Of a call from a file nothing is known but when it was pressed. */
const arrived = (row: Call): string => (row.arrivedAt === null ? "not known: from a file" : when(row.arrivedAt));
