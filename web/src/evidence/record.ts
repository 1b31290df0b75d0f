// One press or refused record: where it came from, when it arrived, what was done about it, and what was sent.

import { get } from "../api/client";
import type { HelpEvents, Me, RatingEvents, RecordView, RefusedEvents } from "../api/types";
import type { Child } from "../base/dom";
import { h, replace } from "../base/dom";
import { count, safe } from "../base/text";
import { when } from "../base/time";
import { scrollable } from "../figures/scrollable";
import { exhibitionLink } from "../shell/exhibition-link";

export type Rating = RatingEvents["events"][number];
export type Call = HelpEvents["events"][number];
export type Refused = RefusedEvents["events"][number];
export type Event = Rating | Call | Refused;

export const isRefused = (row: Event): row is Refused => "reason" in row;
export const isCall = (row: Event): row is Call => "arrivedAt" in row;
export const placeOf = (row: Event): string => safe(isRefused(row) ? row.place : row.source);

export const where = (row: Event): Node | string =>
  row.exhibition
    ? exhibitionLink(row.exhibition.publicId, row.exhibition.name)
    : isRefused(row) && row.site
      ? `Unknown kiosk ${safe(row.site)}`
      : "Unknown kiosk";

export function done(row: Call): string {
  if (row.state === "history") return "history: nobody could answer";
  const by = row.acknowledgedBy ? ` by ${safe(row.acknowledgedBy)}` : "";
  return `${row.state ?? "gone"}${by}${row.outcome ? `: ${safe(row.outcome)}` : ""}`;
}

const time = (at: string): HTMLElement => h("time", { datetime: at }, when(at));

/** @param museum Its code, or nothing for the first. */
export function showRecord(row: Event, me: Me, museum: string, signal: AbortSignal): HTMLElement {
  const arrived = h("dd", {}, isRefused(row) ? time(row.receivedAt) : "…");
  const sent = h("div", { role: "status" }, "Reading it again from where it came…");
  const element = h(
    "dl",
    { class: "record" },
    ...line("Pressed", row.at === null ? "unknown" : time(row.at)),
    ...line("Exhibition", where(row)),
    ...line(isRefused(row) ? "Why it does not count" : "Button", isRefused(row) ? safe(row.detail) : safe(row.name)),
    ...line("Where it came from", h("code", {}, placeOf(row))),
    ...line("Number of the row", h("code", {}, row.id)),
    h("dt", {}, "Arrived"),
    arrived,
    ...line("What was done", whatWasDone(row)),
    ...line("As it was sent", sent),
  );
  if (isRefused(row)) replace(sent, ...bytes(row.raw, row.rawLength, "Kept in quarantine"));
  else if (me.canAcknowledge) void fill(row, museum, arrived, sent, signal);
  else {
    replace(arrived, isCall(row) && row.arrivedAt !== null ? time(row.arrivedAt) : notKept(row, null));
    replace(sent, "Shown to people of security and to operators: it is read again from its source each time.");
  }
  return element;
}

async function fill(
  row: Rating | Call,
  museum: string,
  arrived: HTMLElement,
  sent: HTMLElement,
  signal: AbortSignal,
): Promise<void> {
  const q = new URLSearchParams({ of: isCall(row) ? "help" : "rating", id: row.id });
  if (museum) q.set("museum", museum);
  try {
    const view = await get<RecordView>("/data/record", q.toString(), signal);
    replace(arrived, view.arrivedAt === null ? notKept(row, view) : time(view.arrivedAt));
    if (view.record)
      replace(sent, ...bytes(view.record.text, view.record.length, `Read again from ${safe(view.location)} just now`));
    else replace(sent, `It cannot be read any more: ${safe(view.why)}.`);
  } catch (e) {
    if (signal.aborted) return;
    replace(arrived, notKept(row, null));
    replace(sent, h("span", { class: "problem" }, e instanceof Error ? e.message : String(e)));
  }
}

/** What is known of an arrival that was not written down. */
function notKept(row: Rating | Call, view: RecordView | null): string {
  const kept = isCall(row) ? "not kept: it came in a file" : "not kept: of ratings only the time of the press is";
  if (view?.messageAt)
    return `${kept}; the message is of ${when(view.messageAt)}, ${view.appendTime ? "when the broker appended it" : "by whoever sent it"}`;
  return view?.loadedAt && view.kind === "object" ? `${kept}; its object was loaded by ${when(view.loadedAt)}` : kept;
}

function whatWasDone(row: Event): string {
  if (isRefused(row)) return `${safe(row.state)}: it is in no number, and can be judged again (replay)`;
  return isCall(row) ? `counted; ${done(row)}` : "counted as a rating";
}

const line = (name: string, value: Child): HTMLElement[] => [h("dt", {}, name), h("dd", {}, value)];

const bytes = (text: string, length: number, how: string): HTMLElement[] => [
  scrollable(h("pre", { class: "raw" }, safe(text) || "(empty)"), "The record as it was sent"),
  h("small", {}, `${how}, ${count(length)} bytes; anything but plain text is written out.`),
];
