// Floors and departments side by side.

import type { Ratings, Score } from "../api/types";
import { h } from "../base/dom";
import { marks } from "../base/scale";
import { fixed, floorName, safe } from "../base/text";
import type { Behind } from "../evidence/behind";
import { counted, opens } from "../evidence/behind";
import type { Figure, Option } from "../figures/figure";
import { axisLook, tip } from "../figures/options";
import { table } from "../figures/table";
import { stack, whisker } from "../figures/whisker";
import { bestOf } from "./distribution";

type Group = Score & { name: string };

export function showGroups(
  figure: Figure,
  kind: "floor" | "department",
  data: Ratings,
  csv: string,
  behind: Behind,
): void {
  const open = (group: Group): void =>
    behind.votes(`Votes: ${name(group)}`, kind === "floor" ? { floor: group.name } : { department: group.name });
  const groups = [...data[`${kind}s`]].sort((a, b) => (b.mean ?? -1) - (a.mean ?? -1));
  const name = (group: Group): string => (kind === "floor" ? floorName(group.name) : safe(group.name));
  const title = kind === "floor" ? "By floor" : "By department";
  if (groups.length === 0) return figure.say(title, `No ${kind} fits the filters.`, csv);
  const best = bestOf(data.buttons);
  const axis = { from: 0, to: best, marks: marks(best), target: data.target.mean };
  figure.show({
    title,
    note: `Mean with its interval${groups.length > 1 ? `, widened so that all ${groups.length} hold together with 95 % confidence` : " of 95 % confidence"}, and how the votes divide.`,
    csv,
    drawing: table<Group>({
      caption: title,
      rows: groups,
      class: "groups",
      columns: [
        { name: kind === "floor" ? "Floor" : "Department", cell: group => h("bdi", {}, name(group)), head: true },
        {
          name: `0 to ${best}`,
          class: "wide",
          cell: group =>
            group.votes
              ? h(
                  "div",
                  {},
                  whisker(axis, group.mean, group.low, group.high, group.enough ? "" : "faint"),
                  stack(group.distribution, 6),
                )
              : null,
        },
        {
          name: "Mean",
          number: true,
          cell: group =>
            h(
              "b",
              {},
              group.mean === null ? fixed(group.mean) : opens(fixed(group.mean), "show its votes", () => open(group)),
            ),
        },
        { name: "Votes", number: true, cell: group => counted(group.votes, "show these votes", () => open(group)) },
      ],
    }),
    table: () =>
      table<Group>({
        caption: `${title}, as numbers`,
        rows: groups,
        columns: [
          { name: kind === "floor" ? "Floor" : "Department", cell: name, head: true },
          { name: "Votes", number: true, cell: group => counted(group.votes, "show these votes", () => open(group)) },
          { name: "Mean", number: true, cell: group => fixed(group.mean) },
          { name: "Low", number: true, cell: group => fixed(group.low) },
          { name: "High", number: true, cell: group => fixed(group.high) },
        ],
      }),
    png: { option: picture(groups, name, best), height: 50 + groups.length * 44 },
  });
}

function picture(groups: Group[], name: (group: Group) => string, best: number): Option {
  return colours => ({
    grid: { left: 200, right: 40, top: 30, bottom: 10 },
    tooltip: tip(colours),
    xAxis: { type: "value", min: 0, max: best, position: "top", ...axisLook(colours) },
    yAxis: {
      type: "category",
      inverse: true,
      data: groups.map(name),
      ...axisLook(colours),
      splitLine: { show: false },
      axisLabel: { color: colours.ink, fontSize: 13, width: 180, overflow: "truncate" },
    },
    series: [
      {
        type: "bar",
        barWidth: 16,
        data: groups.map(group => group.mean),
        itemStyle: { color: colours.accent, borderRadius: 3 },
        label: {
          show: true,
          position: "right",
          color: colours.ink,
          formatter: ({ dataIndex }: { dataIndex: number }) => fixed(groups[dataIndex]?.mean),
        },
      },
    ],
  });
}
