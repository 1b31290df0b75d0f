// How old the newest press is, and how far the consumer is behind the broker.

import type { LiveRoad } from "../api/types";
import { icons } from "../base/icons";
import { count, duration, none, safe } from "../base/text";
import { ago, relative, when } from "../base/time";
import type { Figure } from "../figures/figure";
import { stat } from "../figures/stat";
import { table } from "../figures/table";
import { pill } from "../shell/pill";

export function freshness(data: LiveRoad): HTMLElement[] {
  const arrived = data.lastArrival;
  return [
    stat("Live presses", [arriving(data)], safe(data.problem)),
    stat(
      "Newest press",
      [data.lastPress ? relative(data.lastPress) : none],
      data.lastPress ? when(data.lastPress) : "no press is known",
    ),
    stat(
      "Last arrival",
      [arrived ? relative(arrived) : none],
      arrived ? when(arrived) : "nothing was ever received live",
    ),
    stat(
      "Waiting at the broker",
      [data.lag === null ? none : count(data.lag)],
      data.lag === null ? "not known" : data.lag === 1 ? "message" : "messages",
    ),
  ];
}

function arriving({ state, healthy, partitions }: LiveRoad): HTMLElement {
  if (state === "none" || partitions.length === 0) return pill("quiet", icons.empty(), "History only");
  return healthy
    ? pill("good", icons.check(), "Arriving")
    : pill("bad", icons.below(), state === "stopped" ? "Stopped" : "Not arriving");
}

export function showPartitions(figure: Figure, data: LiveRoad, csv: string): void {
  const title = "How far the consumer is behind";
  if (data.partitions.length === 0)
    return figure.say(title, "No topic has been read yet. Presses come only from files.", csv);
  const build = (): HTMLElement =>
    table<LiveRoad["partitions"][number]>({
      caption: title,
      rows: data.partitions,
      columns: [
        { name: "Topic", head: true, cell: row => safe(row.topic) },
        { name: "Partition", number: true, cell: row => row.partition },
        {
          name: "State",
          cell: row =>
            row.problem
              ? pill("bad", icons.below(), safe(row.state.replaceAll("-", " ")))
              : pill("calm", icons.check(), safe(row.state.replaceAll("-", " "))),
        },
        { name: "Waiting", number: true, cell: row => count(row.lag) },
        { name: "Read to", number: true, cell: row => count(row.position) },
        { name: "End", number: true, cell: row => count(row.end) },
        { name: "Read by", cell: row => safe(row.owner) || none, class: "extra" },
        { name: "Seen", cell: row => ago(row.seenAt) },
        { name: "Problem", cell: row => safe(row.problem) || none },
      ],
    });
  figure.show({
    title,
    note:
      data.lag === null
        ? "How much is waiting at the broker is unknown."
        : `${count(data.lag)} waiting; the newest press is ${duration(data.ageSeconds)} old.`,
    csv,
    drawing: build(),
    table: build,
  });
}
