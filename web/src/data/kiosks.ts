// Silent kiosks by each one's own rhythm, and buttons that look stuck.

import type { Kiosks } from "../api/types";
import { h } from "../base/dom";
import { icons } from "../base/icons";
import { count, duration, none, percent, plural, safe } from "../base/text";
import { when } from "../base/time";
import type { Behind } from "../evidence/behind";
import { counted } from "../evidence/behind";
import type { Figure } from "../figures/figure";
import { axisLook, tip } from "../figures/options";
import { table } from "../figures/table";
import { bar } from "../figures/whisker";
import type { Context } from "../shell/context";
import { exhibitionLink } from "../shell/exhibition-link";
import { pill } from "../shell/pill";
import type { View } from "../shell/state";

type Kiosk = Kiosks["kiosks"][number];

export function kiosksSentence({ kiosks }: Kiosks): string {
  const silent = kiosks.filter(kiosk => kiosk.state === "silent").length;
  const never = kiosks.filter(kiosk => kiosk.state === "never-heard").length;
  if (kiosks.length === 0) return "No kiosk is known";
  if (silent) return `${plural(silent, "kiosk")} ${silent === 1 ? "is" : "are"} silent`;
  if (never) return `${plural(never, "kiosk")} ${never === 1 ? "has" : "have"} never been heard`;
  return kiosks.some(kiosk => kiosk.state === "closed")
    ? "The museum is closed: kiosks are judged when it is open"
    : "Every kiosk is heard";
}

function stateOf(kiosk: Kiosk): HTMLElement {
  switch (kiosk.state) {
    case "ok":
      return pill("good", icons.check(), "Heard");
    case "quiet":
      return pill("warn", icons.near(), "Quiet");
    case "silent":
      return pill("bad", icons.below(), "Silent");
    case "never-heard":
      return pill("quiet", icons.empty(), "Never heard");
    case "closed":
      return pill("calm", icons.clock(), "Closed now");
  }
}

/** Opening time has no days of 24 hours. */
const openTime = (seconds: number | null): string =>
  seconds !== null && seconds >= 86_400 ? `${count(Math.floor(seconds / 3_600))} h` : duration(seconds);

const rank = { silent: 0, quiet: 1, "never-heard": 2, ok: 3, closed: 4 };
const where = (kiosk: Kiosk): HTMLElement =>
  h(
    "span",
    { class: "where" },
    exhibitionLink(kiosk.publicId, kiosk.name),
    h("small", {}, `Kiosk ${safe(kiosk.site)}`),
  );

export function showKiosks(figure: Figure, data: Kiosks, csv: string, behind: Behind): void {
  const rows = [...data.kiosks].sort((a, b) => rank[a.state] - rank[b.state] || a.name.localeCompare(b.name));
  const title = "Which kiosks are heard";
  if (rows.length === 0) return figure.say(title, "No exhibition fits the filters.", csv);
  const build = (): HTMLElement =>
    table<Kiosk>({
      caption: title,
      rows,
      class: "kiosks",
      columns: [
        { name: "Exhibition", head: true, cell: where },
        { name: "State", cell: stateOf },
        { name: "Last press", cell: kiosk => when(kiosk.lastPress) },
        { name: "Silent while open", number: true, cell: kiosk => openTime(kiosk.silentSeconds) },
        { name: "Usual gap", number: true, cell: kiosk => duration(kiosk.usualGapSeconds) },
        {
          name: "Refused",
          number: true,
          cell: kiosk =>
            counted(kiosk.refused.count, "show these records", () =>
              behind.refused(`Refused records of ${safe(kiosk.name)}`, { exhibition: kiosk.publicId }),
            ),
        },
        {
          name: "Share",
          number: true,
          class: "extra",
          hint: "Of what this kiosk sent",
          cell: kiosk => (kiosk.refused.count ? percent(kiosk.refused.share, 1) : "–"),
        },
        { name: "Why", class: "why", cell: kiosk => safe(kiosk.explanation) },
      ],
    });
  figure.show({
    title,
    note: "Judged during opening hours by each kiosk's own rhythm.",
    csv,
    drawing: build(),
    table: build,
  });
}

export function showRepeats(figure: Figure, data: Kiosks, view: View, { router }: Context, csv: string): void {
  const rows = [...data.kiosks]
    .filter(kiosk => kiosk.repeats.presses > 0)
    .sort((a, b) => (b.repeats.share ?? 0) - (a.repeats.share ?? 0));
  const title = "Stuck buttons and playing";
  const box = h("input", {
    type: "checkbox",
    role: "switch",
    "data-key": "exclude",
    on: { change: () => router.go({ excludeRepeats: box.checked }) },
  });
  box.checked = view.excludeRepeats;
  const label = h("label", { class: "check" }, box, "Leave repeats out of every page");
  if (data.repeatsPending)
    return figure.say(title, "Still being counted for these days; this takes a few seconds.", csv, label);
  if (rows.length === 0)
    return figure.say(title, "No button was pressed again within five seconds in this period.", csv, label);
  const most = Math.max(...rows.map(kiosk => kiosk.repeats.share ?? 0));
  figure.show({
    title,
    note: "Presses of the same button within five seconds of the last: a stuck button, or children. They are counted unless you leave them out; nothing is ever deleted.",
    csv,
    above: label,
    drawing: table<Kiosk>({
      caption: title,
      rows,
      class: "groups",
      columns: [
        { name: "Exhibition", head: true, cell: where },
        { name: "Share of presses", class: "wide", cell: kiosk => bar(kiosk.repeats.share ?? 0, most) },
        { name: "Share", number: true, cell: kiosk => percent(kiosk.repeats.share, 1) },
        { name: "Repeats", number: true, cell: kiosk => count(kiosk.repeats.presses) },
        {
          name: "Worst hour",
          class: "extra",
          cell: kiosk => (kiosk.repeats.worstHour ? when(kiosk.repeats.worstHour) : none),
        },
      ],
    }),
    table: () =>
      table<Kiosk>({
        caption: `${title}, as numbers`,
        rows,
        columns: [
          { name: "Exhibition", head: true, cell: where },
          { name: "Repeats", number: true, cell: kiosk => count(kiosk.repeats.presses) },
          { name: "Share", number: true, cell: kiosk => percent(kiosk.repeats.share, 1) },
          { name: "Worst hour", cell: kiosk => (kiosk.repeats.worstHour ? when(kiosk.repeats.worstHour) : none) },
        ],
      }),
    png: {
      height: 50 + rows.length * 40,
      option: colours => ({
        grid: { left: 230, right: 60, top: 30, bottom: 10 },
        tooltip: tip(colours),
        xAxis: {
          type: "value",
          position: "top",
          ...axisLook(colours),
          axisLabel: { color: colours.muted, formatter: (value: number) => percent(value) },
        },
        yAxis: {
          type: "category",
          inverse: true,
          data: rows.map(kiosk => safe(kiosk.name)),
          ...axisLook(colours),
          splitLine: { show: false },
          axisLabel: { color: colours.ink, width: 210, overflow: "truncate" },
        },
        series: [
          {
            type: "bar",
            barWidth: 14,
            data: rows.map(kiosk => kiosk.repeats.share),
            itemStyle: { color: colours.accent, borderRadius: 3 },
          },
        ],
      }),
    },
  });
}
