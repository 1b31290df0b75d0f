// Every refused record as it came, and how to replay those whose cause is fixed.

import { csv, get, post, Refusal } from "../api/client";
import type { Quarantine, Replayed } from "../api/types";
import { h, replace } from "../base/dom";
import { icons } from "../base/icons";
import { count, none, plural, safe } from "../base/text";
import { when } from "../base/time";
import { scrollable } from "../figures/scrollable";
import { announce } from "../shell/announce";
import type { Context } from "../shell/context";
import { exhibitionLink } from "../shell/exhibition-link";
import { pill } from "../shell/pill";
import { signature } from "../shell/signature";
import type { View } from "../shell/state";

/** For a replay, in milliseconds: a million records take less. */
const longest = 600_000;
const pageSize = 10;
/** The most in one answer. */
const most = 500;
type Held = Quarantine["rows"][number];

export class QuarantineBrowser {
  readonly element: HTMLElement;
  private readonly note = h("p", { class: "note" });
  private readonly controls = h("div", { class: "controls", role: "group", "aria-label": "Which refused records" });
  private readonly list = h("ol", { class: "quarantine" });
  private readonly more = h(
    "button",
    { class: "quiet", type: "button", hidden: true, on: { click: () => void this.further() } },
    "Show more",
  );
  private readonly link = h(
    "a",
    { class: "tool", download: "", title: `The newest ${most} of these; museum quarantine export writes all of them` },
    icons.download(),
    "CSV",
  );
  private readonly dialog = h("dialog", { class: "dialog", "aria-labelledby": "replay-title" });
  private rows: Held[] = [];
  private asked = 0;
  private reasons: string[] = [];
  private question = "";
  private offered = "";

  /** @param changed Events, runs and operator actions have changed. */
  constructor(
    private readonly context: Context,
    private readonly changed: () => void,
  ) {
    this.element = h(
      "section",
      { class: "figure", id: "quarantine", "aria-labelledby": "quarantine-title" },
      h(
        "header",
        {},
        h("div", { class: "figure-words" }, h("h2", { id: "quarantine-title" }, "Quarantine"), this.note),
        h(
          "div",
          { class: "tools" },
          context.me.canOperate
            ? h(
                "button",
                { class: "tool", type: "button", id: "replay", on: { click: () => this.ask() } },
                icons.play(),
                "Replay…",
              )
            : null,
          this.link,
        ),
      ),
      this.controls,
      this.list,
      this.more,
      this.dialog,
    );
  }

  async show(view: View): Promise<void> {
    const other = this.choose(view);
    this.link.href = csv("/data/quarantine", this.query(view, "", most));
    // Unfolded records stay open while numbers change; another query starts over.
    await this.fetch(true, other ? pageSize : Math.min(most, Math.max(pageSize, this.rows.length)));
  }

  /** The values to choose from. */
  offer(reasons: string[]): void {
    this.reasons = reasons;
    this.choose(this.context.router.view);
  }

  private query(view: View, before = "", limit = pageSize): string {
    const q = new URLSearchParams();
    if (view.museum) q.set("museum", view.museum);
    if (view.reason) q.set("reason", view.reason);
    if (view.site) q.set("site", view.site);
    q.set("state", view.state);
    if (view.help) q.set("help", "true");
    if (before) q.set("before", before);
    q.set("limit", String(limit));
    return q.toString();
  }

  /** True for another query. Nothing is rebuilt while somebody is typing. */
  private choose({ museum, reason, site, state, help }: View): boolean {
    const { router } = this.context;
    const question = JSON.stringify([museum, reason, site, state, help]);
    const other = question !== this.question;
    if (!other && (this.offered === this.reasons.join() || this.controls.contains(document.activeElement)))
      return false;
    [this.question, this.offered] = [question, this.reasons.join()];
    const reasons = [...new Set(reason ? [reason, ...this.reasons] : this.reasons)].sort();
    const choice = h(
      "select",
      { "data-key": "q-reason", on: { change: () => router.go({ reason: choice.value }) } },
      h("option", { value: "" }, "any"),
      ...reasons.map(code => h("option", { value: code }, safe(code.replaceAll("_", " ")))),
    );
    choice.value = reason;
    const where = h("input", {
      type: "search",
      value: site,
      "data-key": "q-site",
      size: 14,
      on: { change: () => router.go({ site: where.value.trim() }) },
    });
    const box = h("input", {
      type: "checkbox",
      "data-key": "q-help",
      on: { change: () => router.go({ help: box.checked }) },
    });
    box.checked = help;
    replace(
      this.controls,
      h(
        "div",
        { class: "segments", role: "group", "aria-label": "State" },
        ...[
          ["held", "Held"],
          ["replayed", "Replayed"],
        ].map(([value = "", name]) =>
          h(
            "button",
            {
              type: "button",
              "data-key": `q-${value}`,
              "aria-pressed": String(state === value),
              on: { click: () => router.go({ state: value }) },
            },
            name,
          ),
        ),
      ),
      h("label", { class: "field" }, "Reason", choice),
      h("label", { class: "field" }, "Site", where),
      h("label", { class: "check" }, box, "Only possible calls for help"),
    );
    return other;
  }

  private async fetch(fresh: boolean, limit = pageSize): Promise<void> {
    const asked = ++this.asked;
    try {
      const data = await get<Quarantine>(
        "/data/quarantine",
        this.query(this.context.router.view, fresh ? "" : this.rows.at(-1)?.id, limit),
      );
      if (asked !== this.asked) return;
      this.rows = fresh ? data.rows : [...this.rows, ...data.rows];
      this.note.textContent = `${plural(data.held, "record")} held in all. Shown as they came; control characters are written out.`;
      this.more.hidden = data.rows.length < limit;
      replace(
        this.list,
        ...(this.rows.length ? this.rows.map(row) : [h("li", { class: "empty" }, "No refused record fits.")]),
      );
    } catch (e) {
      if (asked === this.asked && (this.rows.length === 0 || e instanceof Refusal))
        replace(this.list, h("li", { class: "empty bad" }, e instanceof Error ? e.message : String(e)));
    }
  }

  private async further(): Promise<void> {
    await this.fetch(false);
    announce(`${count(this.rows.length)} shown`);
  }

  private ask(): void {
    const reason = this.context.router.view.reason;
    const who = signature(this.context.me);
    const problem = h("p", { class: "problem", role: "alert" });
    const button = h("button", { class: "primary", type: "submit" }, "Replay");
    const buttons = h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", class: "quiet", on: { click: () => this.dialog.close() } }, "Cancel"),
      button,
    );
    const text = h(
      "p",
      {},
      `${reason ? `Every held record refused as “${safe(reason)}”` : "Every held record"} is judged again by the current rules and exhibitions. Accepted records are stored under their own time; the rest stays held. Nothing is counted twice.`,
    );
    const submit = async (event: Event): Promise<void> => {
      event.preventDefault();
      button.disabled = true;
      button.textContent = "Replaying…";
      try {
        const done = await post<Replayed>(
          "/data/quarantine/replay",
          { ...(reason ? { reason } : {}), ...who.sign() },
          longest,
        );
        replace(
          text,
          `${plural(done.ratings, "rating")} and ${plural(done.support, "call")} for help accepted; ${count(done.stillRefused)} still refused.`,
        );
        who.element.remove();
        replace(
          buttons,
          h("button", { class: "primary", type: "button", on: { click: () => this.dialog.close() } }, "Close"),
        );
        buttons.querySelector("button")?.focus();
        announce(text.textContent ?? "");
        this.changed();
      } catch (e) {
        problem.textContent = e instanceof Error ? e.message : String(e);
        button.disabled = false;
        button.textContent = "Replay";
      }
    };
    replace(
      this.dialog,
      h(
        "form",
        { method: "dialog", on: { submit: event => void submit(event) } },
        h("h2", { id: "replay-title" }, "Replay refused records"),
        text,
        who.element,
        problem,
        buttons,
      ),
    );
    this.dialog.onclose = () => this.element.querySelector<HTMLElement>("#replay")?.focus();
    this.dialog.showModal();
    (who.input ?? button).focus();
  }
}

function row(held: Held): HTMLElement {
  return h(
    "li",
    {},
    h(
      "div",
      { class: "held-line" },
      h("strong", {}, safe(held.reason.replaceAll("_", " "))),
      held.possibleHelp ? pill("bad", icons.emergency(), "May be a call for help") : null,
      held.exhibition
        ? exhibitionLink(held.exhibition.publicId, held.exhibition.name)
        : h("span", {}, held.site === null || held.site === "" ? "no site" : h("bdi", {}, `site ${safe(held.site)}`)),
      h("span", {}, held.at ? when(held.at) : held.receivedAt ? `received ${when(held.receivedAt)}` : none),
    ),
    h("p", { class: "note" }, safe(held.detail ?? held.meaning)),
    scrollable(h("pre", { class: "raw" }, safe(held.raw) || "(empty)"), "The record as it came"),
    h(
      "small",
      { class: "source" },
      h("bdi", {}, safe(held.source)),
      `, position ${safe(String(held.position))}`,
      held.raw && held.rawLength > held.raw.length ? `, the first of ${count(held.rawLength)} bytes` : "",
    ),
  );
}
