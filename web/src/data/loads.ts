import type { Loads } from "../api/types";
import { h } from "../base/dom";
import { icons } from "../base/icons";
import { count, safe } from "../base/text";
import { when } from "../base/time";
import type { Figure } from "../figures/figure";
import { table } from "../figures/table";
import { pill } from "../shell/pill";

type Run = Loads["runs"][number];

/** Files that hold most of their presses more than once, such as a merge appended to itself. */
const repeats = (repeating: Loads["repeating"]): string =>
  repeating
    .slice(0, 3)
    .map(
      ({ source, repeats, presses }) =>
        ` ${count(repeats)} of the ${count(presses)} presses in ${safe(source)} repeat earlier ones of the same file.`,
    )
    .join("") + (repeating.length > 3 ? ` So do most presses in ${count(repeating.length - 3)} more.` : "");

export function showLoads(figure: Figure, { runs, repeating }: Loads, csv: string): void {
  const title = "The last loads";
  if (runs.length === 0) return figure.say(title, "Nothing has been loaded yet.", csv);
  const unbalanced = runs.filter(run => !run.balanced && run.finishedAt !== null).length;
  const build = (): HTMLElement =>
    table<Run>({
      caption: title,
      rows: runs.slice(0, 12),
      class: "loads",
      columns: [
        { name: "Began", head: true, cell: run => when(run.startedAt) },
        { name: "What", cell: run => safe(run.command) },
        {
          name: "State",
          cell: run => h("span", { title: safe(run.message) || undefined }, safe(run.state.replaceAll("-", " "))),
        },
        { name: "Read", number: true, cell: run => count(run.read) },
        { name: "Ratings", number: true, cell: run => count(run.ratings) },
        { name: "Help", number: true, cell: run => count(run.support) },
        { name: "Refused", number: true, cell: run => count(run.quarantined) },
        { name: "Already there", number: true, class: "extra", cell: run => count(run.already) },
        { name: "Skipped", number: true, class: "extra", cell: run => count(run.skipped) },
        {
          name: "Adds up",
          cell: run =>
            run.balanced
              ? pill("good", icons.check(), "Yes")
              : run.finishedAt === null
                ? pill("calm", icons.dots(), "Running")
                : pill("bad", icons.below(), "No"),
        },
      ],
    });
  figure.show({
    title,
    note:
      (unbalanced
        ? `${unbalanced} of them do not add up: look at their messages.`
        : "Every record read was stored, refused, already there or skipped.") + repeats(repeating),
    csv,
    drawing: build(),
    table: build,
  });
}
