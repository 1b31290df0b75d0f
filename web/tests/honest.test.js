// Data made by hand in which a picture misleads before any number is wrong, and what a careful statistician would say
// of it.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { axeFinds, launch, options, picture, tab, visit } from "./browser.js";
import { freePort, Museum, until } from "./museum.js";

const week = "from=2023-03-06&to=2023-03-12";
const days = Array.from({ length: 7 }, (_, day) => `2023-03-${String(6 + day).padStart(2, "0")}`);
/** 08:45 to 18:15. */
const openHours = 7 * 9.5;

const exhibitions = [
  ["Steady Stones", "1"],
  ["Three Fans", "1"],
  ["Busy Birds", "2"],
];

/** One week of presses: [time, site, val, type]. */
function presses() {
  const rows = [];
  for (const day of days) {
    // Steady: eight votes a day that average 2, each hour one.
    for (let hour = 9; hour < 17; hour++)
      rows.push([`${day} ${String(hour).padStart(2, "0")}:30:00`, 0, [1, 3][hour % 2], ""]);
    for (let vote = 0; vote < 5; vote++) rows.push([`${day} 14:0${vote}:00`, 2, [2, 3, 3, 2, 3][vote], ""]);
    // One call for assistance every noon, on floor 2.
    rows.push([`${day} 12:30:00`, 2, -1, 0]);
  }
  // Three votes, all the best there is.
  for (let vote = 0; vote < 3; vote++) rows.push([`${days[vote]} 11:00:00`, 1, 4, ""]);
  // Two calls in the quarter of an hour before nine: by that quarter, the highest rate of the day.
  for (const day of days.slice(0, 2)) rows.push([`${day} 08:50:00`, 0, -1, 0]);
  // Four at night, when the museum is closed.
  for (const day of days.slice(0, 4)) rows.push([`${day} 03:00:00`, 0, -1, 1]);
  return rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

/** The exact limits of a Poisson count, found by trying, from its sum and nothing else. */
function poissonLimits(count, confidence) {
  const tail = (1 - confidence) / 2;
  const below = (mean, most) => {
    let [term, sum] = [Math.exp(-mean), 0];
    for (let k = 0; k <= most; k++) {
      sum += term;
      term *= mean / (k + 1);
    }
    return sum;
  };
  const find = isHigher => {
    let [low, high] = [0, 10 * (count + 5)];
    for (let step = 0; step < 100; step++) {
      const middle = (low + high) / 2;
      if (isHigher(middle)) high = middle;
      else low = middle;
    }
    return low;
  };
  return [count === 0 ? 0 : find(mean => 1 - below(mean, count - 1) > tail), find(mean => below(mean, count) < tail)];
}

describe("honest", options, () => {
  let museum, browser;
  before(async () => {
    museum = new Museum();
    const bucket = join(museum.directory, "bucket");
    mkdirSync(bucket);
    exhibitions.forEach(([name, floor], site) =>
      writeFileSync(
        join(bucket, `lmnh_exhibition_${"abc"[site]}.json`),
        JSON.stringify({
          EXHIBITION_NAME: name,
          EXHIBITION_ID: `EXH_0${site}`,
          FLOOR: floor,
          DEPARTMENT: "Geology",
          START_DATE: "01/01/22",
          DESCRIPTION: "Made by hand.",
        }),
      ),
    );
    writeFileSync(
      join(bucket, "lmnh_hist_data_0.csv"),
      ["at,site,val,type", ...presses().map(row => row.join())].join("\n"),
    );
    museum.run(["load", bucket, "--target", "embedded"]);
    museum.port = await freePort();
    await museum.serve();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await museum?.close();
  });

  const open = async (path, more) => {
    const page = await tab(browser, more);
    await visit(page, `${museum.address}/${path}`);
    return page;
  };
  const asTable = async (page, id) => {
    await page
      .locator(`#${id}`)
      .getByRole("button", { name: /show as table/ })
      .click();
    return page
      .locator(`#${id} tbody tr`)
      .evaluateAll(rows => rows.map(row => [...row.children].map(cell => cell.textContent)));
  };

  test("two_calls_in_a_quarter_of_an_hour_are_no_peak_the_hour_of_seven_is", async () => {
    const page = await open(`safety?${week}`);
    await picture(page, "honest-safety");
    assert.match(await page.textContent("#heat .note"), /Most: Floor 2, 12:00 to 13:00, 1\.00\./);
    const heat = await asTable(page, "heat");
    const first = heat.find(([hours, floor]) => hours.startsWith("08:45") && floor === "Floor 1");
    // Two calls in seven times an hour and a quarter, and not in seven quarters.
    assert.deepEqual(first, ["08:45 to 10:00", "Floor 1", "2", "8.8", "0.23"]);
    assert.ok(!heat.some(([hours]) => hours === "08:45 to 09:00" || hours.startsWith("08:00")));
    await page.context().close();
  });

  test("calls_while_the_museum_is_closed_are_told_and_in_no_rate", async () => {
    const page = await open(`safety?${week}`);
    const { totals } = await museum.api(`/safety?${week}`);
    assert.equal(totals.emergencies, 4, "they were made");
    assert.ok(Math.abs(totals.perOpenHour - 9 / openHours) < 1e-9, `${totals.perOpenHour}`);
    assert.match(await page.locator(".stat", { hasText: "Calls per opening hour" }).textContent(), /0\.14/);
    assert.match(await page.textContent("#heat .note"), /4 calls outside opening hours: hatched, in no rate\./);
    const night = (await asTable(page, "heat")).filter(([hours]) => hours.startsWith("03:00"));
    assert.deepEqual(
      night.map(([, floor, calls, hours, rate]) => [floor, calls, hours, rate]),
      [["Floor 1", "4", "0.0", "–"]],
    );
    await page.context().close();
  });

  test("three_votes_neither_lead_nor_look_like_a_hundred", async () => {
    const page = await open(`ratings?${week}`);
    await picture(page, "honest-ratings");
    assert.match(await page.textContent("h1"), /^Busy Birds leads with 2\.60/);
    const row = page.locator(".ranking tbody tr", { hasText: "Three Fans" });
    assert.match(await row.textContent(), /^–.*Not enough data/);
    const hollow = locator =>
      locator
        .locator(".whisker .dot")
        .evaluate(dot => getComputedStyle(dot).fill === getComputedStyle(document.body).backgroundColor);
    assert.equal(await hollow(row), true);
    assert.equal(await hollow(page.locator(".ranking tbody tr", { hasText: "Steady Stones" })), false);
    await page.context().close();
  });

  test("intervals_that_stand_side_by_side_hold_together_and_say_so", async () => {
    const page = await open(`safety?${week}`);
    assert.match(
      await page.textContent("#places .note"),
      /widened for the 3 rows, so that all of them hold together with 95 % confidence/,
    );
    // Two calls in opening hours make no point, whatever there was at night; seven do.
    const hollow = name =>
      page
        .locator("#places tbody tr", { hasText: name })
        .locator(".whisker .dot")
        .evaluate(dot => getComputedStyle(dot).fill === getComputedStyle(document.body).backgroundColor);
    assert.deepEqual([await hollow("Steady Stones"), await hollow("Busy Birds")], [true, false]);
    const rows = await asTable(page, "places");
    const shown = name =>
      rows
        .find(([exhibition]) => exhibition === name)
        .slice(-4, -1)
        .map(Number);
    for (const [name, calls] of [
      ["Busy Birds", 7],
      ["Steady Stones", 2],
      ["Three Fans", 0],
    ]) {
      const [low, high] = poissonLimits(calls, 1 - 0.05 / 3).map(limit => limit / openHours);
      const [rate, from, to] = shown(name);
      for (const [found, expected] of [
        [rate, calls / openHours],
        [from, low],
        [to, high],
      ])
        assert.ok(Math.abs(found - expected) < 0.006, `${name}: ${found}, expected ${expected}`);
    }
    await page.context().close();
  });

  test("an_exhibition_s_calls_of_a_quarter_of_an_hour_stand_with_those_of_the_hour_beside_it", async () => {
    const page = await open(`exhibition?${week}&exhibition=EXH_00`);
    const rows = await asTable(page, "calls");
    assert.deepEqual(rows[0], ["03:00 to 04:00", "4", "0", "–", "4"]);
    assert.deepEqual(rows[1], ["08:45 to 10:00", "0", "2", "0.23", "2"]);
    await page.getByRole("button", { name: "show the calls from 08:45 to 10:00" }).click();
    await page.locator("dialog[open] .note", { hasText: /^2 presses/ }).waitFor();
    await page.context().close();
  });

  test("without_earlier_votes_nothing_is_said_to_have_had_too_few", async () => {
    // This week is all there is: the week before it exists, and nobody voted in it.
    const only = await open(`ratings?${week}`);
    assert.match(await only.textContent("#changes"), /Nobody voted in the weeks before: there is nothing to compare/);
    const all = await open("ratings?range=all");
    assert.match(await all.textContent("#changes"), /There is no earlier period: these days are all there are\./);
    // The second half of it has an earlier one, with few votes of some.
    const half = await open("ratings?from=2023-03-09&to=2023-03-12");
    const row = half.locator(".ranking tbody tr", { hasText: "Three Fans" });
    assert.match(await row.textContent(), /not enough data/);
    // A day after it all had nothing.
    const after = await open("ratings?from=2023-03-13&to=2023-03-13");
    assert.match(await after.textContent("#changes"), /Nobody voted in this period/);
    for (const page of [only, all, half, after]) {
      assert.doesNotMatch(await page.textContent("#changes"), /too few earlier/);
      await page.context().close();
    }
  });

  test("a_change_with_few_votes_behind_it_is_hollow", async () => {
    const page = await open("ratings?from=2023-03-09&to=2023-03-12");
    const hollow = name =>
      page
        .locator("#changes tbody tr", { hasText: name })
        .locator(".drift .dot")
        .first()
        .evaluate(dot => getComputedStyle(dot).fill === getComputedStyle(document.body).backgroundColor);
    assert.deepEqual([await hollow("Busy Birds"), await hollow("Steady Stones")], [true, false]);
    await page.context().close();
  });

  test("a_dot_at_the_end_of_its_scale_is_whole_on_a_phone", async () => {
    const page = await open(`safety?${week}`, { viewport: { width: 360, height: 740 } });
    for (const path of ["safety", "ratings"]) {
      await visit(page, `${museum.address}/${path}?${week}`);
      const cut = await page.locator(".scroll .whisker .dot").evaluateAll(dots =>
        dots
          .map(dot => [dot.getBoundingClientRect(), dot.closest(".scroll").getBoundingClientRect()])
          .filter(([dot, held]) => dot.left < held.left || dot.right > held.right)
          .map(([dot, held]) => `${dot.left} to ${dot.right} in ${held.left} to ${held.right}`),
      );
      assert.deepEqual(cut, []);
      assert.ok((await page.locator(".scroll .whisker .dot").count()) > 0);
    }
    await page.context().close();
  });

  test("no_patrol_is_suggested_from_two_calls_and_none_while_the_museum_is_closed", async () => {
    const page = await open(`safety?${week}`);
    const { walks } = await museum.api(`/safety/patrols?${week}`);
    assert.ok(!walks.some(walk => walk.hour < 8 || (walk.hour <= 9 && walk.floor === "1")), JSON.stringify(walks));
    await page.context().close();
  });

  // The last one: it changes the opening hours.
  test("eighteen_columns_of_a_heat_map_have_names_that_do_not_overlap", async () => {
    museum.run(["museums", "change", "LMNH", "--opens", "04:45", "--closes", "23:15", "--target", "embedded"]);
    await until(async () => (await museum.api("/museums")).museums[0].opens.startsWith("04:45"));
    for (const width of [1280, 1024, 820, 360]) {
      for (const [path, id] of [
        ["safety", "heat"],
        ["ratings", "busiest"],
      ]) {
        const page = await open(`${path}?${week}`, { viewport: { width, height: 900 } });
        const names = await page.locator(`#${id} .canvas svg text`).evaluateAll(texts =>
          texts
            .filter(text => /^\d\d(:\d\d)?–?$/.test(text.textContent))
            .map(text => [text.textContent, text.getBoundingClientRect()])
            .map(([text, { left, right, top, bottom }]) => ({ text, left, right, top, bottom })),
        );
        const texts = names.map(name => name.text);
        // Each line is a text of its own; at night only calls came, which are drawn on the one and not on the other.
        // A phone is too narrow for the longest names.
        if (width > 360)
          for (const end of [id === "heat" ? "03" : "04:45–", "23:15"])
            assert.ok(texts.includes(end), `${width} ${id}, ${end}: ${texts}`);
        assert.ok(texts.length > 5, `${width} ${id}: ${texts}`);
        const middle = ({ left, right }) => (left + right) / 2;
        // Two lines of one name stand above each other and may touch.
        const overlap = (a, b) =>
          Math.abs(middle(a) - middle(b)) > 2 &&
          a.left < b.right &&
          b.left < a.right &&
          a.top < b.bottom &&
          b.top < a.bottom;
        assert.deepEqual(
          names.flatMap((a, at) =>
            names
              .slice(at + 1)
              .filter(b => overlap(a, b))
              .map(b => `${a.text} ${b.text}`),
          ),
          [],
          `${width} ${id}`,
        );
        if (width === 1280) await picture(page, `heat-18-${id}`);
        await page.context().close();
      }
    }
  });
});

describe("an empty database", options, () => {
  let museum, browser;
  before(async () => {
    museum = new Museum();
    museum.run(["db", "migrate", "--target", "embedded"]);
    museum.port = await freePort();
    await museum.serve();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await museum?.close();
  });

  test("every_page_says_which_command_comes_next", async () => {
    const page = await tab(browser);
    for (const path of ["ratings", "safety", "data", "exhibition", "all"]) {
      await visit(page, `${museum.address}/${path}`);
      assert.match(await page.locator(".start").textContent(), /museum load -b BUCKET and museum consume/, path);
      assert.deepEqual(await axeFinds(page), [], path);
    }
    await page.locator('#live[data-state="history"]').waitFor();
    await page.locator("h1", { hasText: /^History only: no live presses$/ }).waitFor();
    await page.getByRole("link", { name: "Safety" }).click();
    await page.locator("h1", { hasText: /^Nothing is loaded yet$/ }).waitFor();
    await picture(page, "nothing-loaded", false);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  test("the_first_press_ends_that", async () => {
    const page = await tab(browser);
    await page.clock.install();
    await visit(page, `${museum.address}/ratings`);
    await page.locator('#live[data-connection="live"]').waitFor();
    museum.fill();
    // It asks anew twice a minute.
    await until(async () => {
      await page.clock.runFor(31_000);
      return !(await page.locator(".start").isVisible());
    });
    await page.context().close();
  });
});
