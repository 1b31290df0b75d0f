// What charts say about made-up data in cases where earlier ones misled.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** A source file of the pages that needs no page; from a file, as the pages have it: some ask where they are. */
async function source(path) {
  const directory = mkdtempSync(join(tmpdir(), "museum-source-"));
  try {
    const outfile = join(directory, "source.mjs");
    await build({
      entryPoints: [new URL(`../src/${path}`, import.meta.url).pathname],
      bundle: true,
      format: "esm",
      outfile,
      target: "es2022",
    });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const day = hours => Object.entries(hours).map(([hour, openHours]) => ({ hour: Number(hour), openHours }));
const change = (verdict, low, high) => ({ verdict, change: (low + high) / 2, low, high, votes: 100, mean: 2 });

describe("pictures", () => {
  // Not where this file is imported: what fails there belongs to no test, and counts as none.
  let columns, longName, ratio, shortName, statement, verdictText, inkOn, mix;
  before(async () => {
    ({ columns, longName, ratio, shortName } = await source("base/rates.ts"));
    ({ statement, verdictText } = await source("ratings/words.ts"));
    ({ inkOn, mix } = await source("figures/palette.ts"));
  });

  test("a_quarter_of_an_hour_is_merged_with_the_hour_beside_it_and_never_the_tallest_bar", () => {
    // One press in seven quarters of an hour would be a rate of 0.57, more than that of any whole hour.
    const parts = day({ 8: 1.75, 9: 7, 10: 7, 11: 7, 17: 7, 18: 1.75 });
    const cols = columns(parts, "08:45", "18:15");
    assert.deepEqual(cols.map(longName), ["08:45 to 10:00", "10:00 to 11:00", "11:00 to 12:00", "17:00 to 18:15"]);
    assert.deepEqual(cols.map(shortName), ["08:45–10", "10", "11", "17–18:15"]);
    const presses = { 8: 1, 9: 2, 10: 3, 11: 2, 17: 2, 18: 1 };
    const rates = cols.map(column =>
      ratio(
        column.hours.reduce((sum, hour) => sum + presses[hour], 0),
        parts.filter(part => column.hours.includes(part.hour)).reduce((sum, part) => sum + part.openHours, 0),
      ),
    );
    assert.equal(Math.max(...rates), rates[1]);
  });

  test("hours_in_which_the_museum_is_closed_have_no_rate_and_are_not_merged", () => {
    const cols = columns(day({ 3: 0, 8: 1.75, 9: 7, 10: 7 }), "08:45", "11:00");
    assert.deepEqual(
      cols.map(column => [longName(column), column.open]),
      [
        ["03:00 to 04:00", false],
        ["08:45 to 10:00", true],
        ["10:00 to 11:00", true],
      ],
    );
    assert.equal(ratio(5, 0), null);
  });

  test("a_museum_that_is_open_for_half_an_hour_keeps_its_short_hours", () => {
    assert.deepEqual(columns(day({ 10: 1.75, 11: 1.75 }), "10:45", "11:15").map(longName), [
      "10:45 to 11:00",
      "11:00 to 11:15",
    ]);
  });

  test("no_change_is_clear_is_said_only_if_every_interval_includes_zero", () => {
    assert.match(
      statement([change("no-clear-change", -0.2, 0.1), change("no-clear-change", -0.1, 0.3)]),
      /^No change is clear: each interval includes zero\. The intervals are widened/,
    );
    // Night Gardens compared with its usual.
    const small = change("no-clear-change", -0.077, -0.005);
    assert.match(
      statement([small, change("no-clear-change", -0.2, 0.1)]),
      /^No change is as large as 0\.05; one is certain, but smaller than 0\.05\./,
    );
    assert.equal(verdictText(small), "−0.04 (slightly worse)");
    assert.equal(verdictText(change("no-clear-change", -0.05, 0.03)), "−0.01 (no clear change)");
    assert.match(
      statement([change("better", 0.1, 0.3), small]),
      /^One change is clear: the interval of the difference excludes zero; one is certain, but smaller than 0\.05\./,
    );
    assert.match(statement([change("not-enough-data", -1, 1)]), /^There are too few votes/);
    assert.doesNotMatch(statement([change("better", 0.1, 0.3)]), /widened/);
  });

  test("every_number_of_a_heat_map_has_a_contrast_of_4_5_or_more", () => {
    const brightness = hex =>
      [1, 3, 5]
        .map(at => parseInt(hex.slice(at, at + 2), 16) / 255)
        .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
    for (const [low, high] of [
      ["#eef3f0", "#0b6158"],
      ["#f6efe6", "#8c3a14"],
      ["#22302d", "#7fd6c6"],
      ["#2f2821", "#f0a070"],
    ]) {
      for (let step = 0; step <= 100; step++) {
        const [a, b] = [mix(low, high, step / 100)]
          .flatMap(paper => [brightness(paper), brightness(inkOn(paper))])
          .sort((x, y) => y - x);
        assert.ok((a + 0.05) / (b + 0.05) >= 4.5, `${low} ${high} ${step} %: ${(a + 0.05) / (b + 0.05)}`);
      }
    }
  });
});
