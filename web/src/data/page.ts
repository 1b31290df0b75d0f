import { csv } from "../api/client";
import type { Kiosks, LiveRoad, Loads, Period, Refused } from "../api/types";
import { h, replace } from "../base/dom";
import { Behind } from "../evidence/behind";
import { Figure } from "../figures/figure";
import { stats } from "../figures/stat";
import { announce } from "../shell/announce";
import type { Context, Page } from "../shell/context";
import { museumOf } from "../shell/context";
import { Loading } from "../shell/load";
import type { View } from "../shell/state";
import { query } from "../shell/state";
import { showAudit } from "./audit";
import { freshness, showPartitions } from "./freshness";
import { kiosksSentence, showKiosks, showRepeats } from "./kiosks";
import { showLoads } from "./loads";
import { QuarantineBrowser } from "./quarantine";
import { showReasons, showSites } from "./refused";

/** How far the numbers can be trusted: for both audiences. */
export class DataPage implements Page {
  readonly title = "Data health";
  readonly element: HTMLElement;
  private readonly loading = new Loading();
  private readonly h1 = h("h1", {}, "Data health");
  private readonly stats = stats("Live presses", "Newest press", "Last arrival", "Waiting at the broker");
  private readonly partitions = new Figure("partitions", "How far the consumer is behind", 160);
  private readonly kiosks: Figure;
  private readonly repeats = new Figure("repeats", "Stuck buttons and playing", 300);
  private readonly reasons = new Figure("reasons", "What was refused, and why", 260);
  private readonly sites = new Figure("sites", "Where refused records come from", 260);
  private readonly loads = new Figure("loads", "The last loads", 260);
  private readonly audit = new Figure("audit", "What operators did", 160);
  private readonly quarantine: QuarantineBrowser;

  constructor(
    private readonly context: Context,
    private readonly tell: (period: Period | null) => void,
  ) {
    this.kiosks = new Figure(
      "kiosks",
      "Which kiosks are heard",
      36 + 76 * (museumOf(context)?.exhibitions.length ?? 6),
    );
    this.quarantine = new QuarantineBrowser(context, () => this.show(context.router.view));
    // The pill's state is based on these numbers too.
    let told = "";
    context.live.onState(() => {
      const now = JSON.stringify([context.live.reception()?.state, context.live.reception()?.problem]);
      if (now !== told && this.element.isConnected) this.fresh(context.router.view);
      told = now;
    });
    this.element = h(
      "div",
      { class: "page" },
      h("section", { class: "headline", "aria-label": "In short" }, this.h1, this.stats),
      this.kiosks.element,
      this.partitions.element,
      this.repeats.element,
      h("div", { class: "pair" }, this.reasons.element, this.sites.element),
      this.loads.element,
      this.quarantine.element,
      context.me.canOperate ? this.audit.element : "",
    );
  }

  show(view: View): void {
    const q = query(view).toString();
    const museum = view.museum ? `museum=${encodeURIComponent(view.museum)}` : "";
    this.loading.begin();
    void this.loading.into<Kiosks>(
      "/data/kiosks",
      q,
      [this.kiosks, this.repeats],
      data => {
        this.tell({ ...data.period, repeatsPending: data.repeatsPending });
        this.h1.textContent = kiosksSentence(data);
        showKiosks(this.kiosks, data, csv("/data/kiosks", q), new Behind(this.context, view, data.period));
        showRepeats(this.repeats, data, view, this.context, csv("/data/kiosks", q));
      },
      why => {
        this.tell(null);
        this.h1.textContent = "This cannot be shown";
        announce(why);
      },
    );
    this.fresh(view);
    void this.loading.into<Refused>("/data/refused", q, [this.reasons, this.sites], data => {
      this.quarantine.offer(data.reasons.map(reason => reason.reason));
      const behind = new Behind(this.context, view, data.period);
      showReasons(this.reasons, data, csv("/data/refused", q, "reasons"), behind);
      showSites(this.sites, data, csv("/data/refused", q, "sites"), behind);
    });
    void this.loading.into<Loads>("/data/loads", museum, [this.loads], data =>
      showLoads(this.loads, data, csv("/data/loads", museum)),
    );
    if (this.context.me.canOperate)
      void this.loading.into<Record<string, unknown>>("/data/audit", museum, [this.audit], data =>
        showAudit(this.audit, data, csv("/data/audit", [museum, "limit=500"].filter(Boolean).join("&"), "events")),
      );
    void this.quarantine.show(view);
  }

  private fresh(view: View): void {
    const museum = view.museum ? `museum=${encodeURIComponent(view.museum)}` : "";
    void this.loading.into<LiveRoad>("/data/live", museum, [this.partitions], data => {
      replace(this.stats, ...freshness(data));
      showPartitions(this.partitions, data, csv("/data/live", museum));
    });
  }
}
