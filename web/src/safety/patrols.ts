import type { Museum, Patrols, Walk } from "../api/types";
import { h } from "../base/dom";
import { icons } from "../base/icons";
import { floorName, rate, safe } from "../base/text";
import { hourText } from "../base/time";
import type { Figure } from "../figures/figure";
import { axisLook } from "../figures/options";
import { table } from "../figures/table";
import { exhibitionLink } from "../shell/exhibition-link";

export function showPatrols(figure: Figure, data: Patrols, museum: Museum | undefined, csv: string): void {
  const title = "Suggested patrols";
  if (data.walks.length === 0)
    return figure.say(title, "Too few calls in this period to suggest where patrols should be.", csv);
  const walks = [...data.walks].sort((a, b) => a.hour - b.hour || (b.perOpenHour ?? 0) - (a.perOpenHour ?? 0));
  figure.show({
    title,
    note: "Where somebody should be, and when, judged by past calls, with the calls per opening hour there.",
    csv,
    drawing: h(
      "ol",
      { class: "walks" },
      ...[...new Set(walks.map(walk => walk.hour))].map(hour =>
        h(
          "li",
          {},
          h("b", {}, hourText(hour)),
          ...walks
            .filter(walk => walk.hour === hour)
            .map(walk =>
              h(
                "span",
                { class: "walk" },
                icons.walk(),
                h("bdi", {}, floorName(walk.floor)),
                h("small", {}, rate(walk.perOpenHour)),
              ),
            ),
        ),
      ),
    ),
    below: h(
      "div",
      { class: "beneath" },
      past(
        museum,
        walks.map(walk => walk.floor),
      ),
      quiet(data),
      h(
        "details",
        { class: "how" },
        h("summary", {}, "How this is calculated"),
        h("p", { class: "note" }, safe(data.method)),
      ),
    ),
    table: () =>
      table<Walk>({
        caption: title,
        rows: walks,
        columns: [
          { name: "Hour", cell: walk => hourText(walk.hour), head: true },
          { name: "Floor", cell: walk => floorName(walk.floor) },
          { name: "Calls per opening hour", number: true, cell: walk => rate(walk.perOpenHour) },
          { name: "Low", number: true, cell: walk => rate(walk.low) },
          { name: "High", number: true, cell: walk => rate(walk.high) },
          { name: "Why", cell: walk => safe(walk.reason) },
        ],
      }),
    png: {
      height: 50 + walks.length * 40,
      option: colours => ({
        grid: { left: 170, right: 60, top: 30, bottom: 10 },
        xAxis: { type: "value", position: "top", ...axisLook(colours) },
        yAxis: {
          type: "category",
          inverse: true,
          data: walks.map(walk => `${hourText(walk.hour)}  ${floorName(walk.floor)}`),
          ...axisLook(colours),
          splitLine: { show: false },
          axisLabel: { color: colours.ink, fontSize: 13 },
        },
        series: [
          {
            type: "bar",
            barWidth: 14,
            data: walks.map(walk => walk.perOpenHour),
            itemStyle: { color: colours.accent, borderRadius: 3 },
          },
        ],
      }),
    },
  });
}

/** Which exhibitions somebody passes, floor by floor. */
function past(museum: Museum | undefined, floors: string[]): HTMLElement {
  const at = (floor: string): HTMLElement[] =>
    (museum?.exhibitions ?? []).filter(one => one.floor === floor).map(one => exhibitionLink(one.publicId, one.name));
  return h(
    "dl",
    { class: "walk-past" },
    ...[...new Set(floors)].sort().map(floor => h("div", {}, h("dt", {}, floorName(floor)), h("dd", {}, ...at(floor)))),
  );
}

function quiet(data: Patrols): HTMLElement | null {
  const words = data.quiet
    .map(one =>
      typeof one === "string"
        ? safe(one)
        : [one.floor === undefined ? "" : floorName(one.floor), one.hour === undefined ? "" : hourText(one.hour)]
            .filter(Boolean)
            .join(" at "),
    )
    .filter(Boolean);
  return words.length
    ? h(
        "p",
        { class: "note" },
        `Quiet: ${words.slice(0, 6).join(", ")}${words.length > 6 ? ` and ${words.length - 6} more` : ""}.`,
      )
    : null;
}
