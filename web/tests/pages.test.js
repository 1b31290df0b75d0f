import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { axeFinds, countShifts, launch, options, picture, settled, slow, still, tab, visit } from "./browser.js";
import { hostileName, Museum } from "./museum.js";

const everything = "range=all";
const devices = {
  desktop: { width: 1280, height: 900 },
  tablet: { width: 820, height: 1180 },
  phone: { width: 360, height: 740 },
};

describe("pages", { ...options, timeout: 900_000 }, () => {
  let museum, browser;
  before(async () => {
    museum = await Museum.open();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await museum?.close();
  });

  const open = async (path, more) => {
    const page = await tab(browser, more);
    await visit(page, museum.address + path);
    return page;
  };
  const done = async page => {
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  };
  const figures = {
    ratings: ["ranking", "trend", "distribution", "busiest", "changes", "floors", "departments"],
    safety: ["heat", "patrols", "calls-trend", "places", "hours", "safety-floors", "response"],
    data: ["kiosks", "partitions", "repeats", "reasons", "sites", "loads", "audit"],
  };

  /** For views that have several. */
  const tables = {
    floors: "floors",
    departments: "departments",
    heat: "heat",
    patrols: "walks",
    places: "exhibitions",
    hours: "hours",
    "safety-floors": "floors",
    response: "weeks",
    reasons: "reasons",
    sites: "sites",
    audit: "events",
  };

  test("ratings_shows_the_api_s_numbers_and_no_data_if_nobody_voted", async () => {
    const page = await open(`/ratings?${everything}`);
    const { total, exhibitions } = await museum.api(`/ratings?${everything}`);
    const best = exhibitions.find(row => row.rank === 1);
    assert.match(await page.textContent("h1"), new RegExp(`^${best.name} leads with ${best.mean.toFixed(2)}`));
    assert.ok((await page.textContent(".stats")).includes(total.votes.toLocaleString("en-GB")));
    assert.equal(await page.locator(".ranking tbody tr").count(), exhibitions.length);
    const unheard = page.locator(".ranking tbody tr", { hasText: "Ice Age Neighbours" });
    assert.match(await unheard.textContent(), /No data/);
    assert.equal(await unheard.locator(".mean").textContent(), "–");
    assert.match(await page.textContent(".facts"), /times in Europe\/London/);
    await done(page);
  });

  for (const [name, ids] of Object.entries(figures)) {
    test(`every_figure_of_${name}_is_a_table_too_and_leads_to_its_csv`, async () => {
      const page = await open(`/${name}?${everything}`);
      for (const id of ids) {
        const figure = page.locator(`#${id}`);
        await figure.getByRole("button", { name: /show as table/ }).click();
        const table = figure.locator("table");
        if (await table.count())
          assert.ok(
            (await table.locator("thead th[scope=col]").count()) > 0 && (await table.locator("caption").count()) === 1,
            id,
          );
        else assert.equal(await figure.locator(".empty").count(), 1, id);
        const href = await figure.locator("a.tool").getAttribute("href");
        assert.equal(new URL(href, museum.address).searchParams.get("table"), tables[id] ?? null, id);
        const response = await page.request.get(museum.address + href);
        assert.equal(response.status(), 200, href);
        assert.match(response.headers()["content-type"], /^text\/csv/, href);
      }
      // At the top nothing lies over anything.
      await page.evaluate(() => scrollTo(0, 0));
      assert.deepEqual(await axeFinds(page), []);
      await done(page);
    });

    for (const colorScheme of ["light", "dark"]) {
      test(`axe_finds_nothing_on_${name}_in_${colorScheme}`, async () => {
        const page = await open(`/${name}?${everything}`, { colorScheme });
        assert.equal(await page.getAttribute("html", "data-theme"), colorScheme);
        assert.deepEqual(await axeFinds(page), []);
        await picture(page, `${name}-${colorScheme}`);
        await done(page);
      });
    }

    for (const [device, viewport] of Object.entries(devices)) {
      test(`nothing_of_${name}_jumps_when_its_numbers_come_on_a_${device}_with_a_slow_line_and_processor`, async () => {
        const page = await tab(browser, { viewport });
        await slow(page);
        await countShifts(page);
        await page.goto(`${museum.address}/${name}?${everything}`);
        await settled(page);
        await page.locator('#live[data-connection="live"]').waitFor();
        const shift = await page.evaluate(() => window.shift);
        assert.ok(
          shift < 0.05,
          `cumulative layout shift ${shift}: ${await page.evaluate(() => window.shifted.join("; "))}`,
        );
        // What would jump is seen to.
        await page.evaluate(() =>
          document
            .querySelector("main .page")
            .prepend(Object.assign(document.createElement("div"), { className: "skeleton" })),
        );
        await page.waitForFunction(before => window.shift > before, shift);
        await done(page);
      });
    }

    test(`${name}_fits_a_phone_of_360_pixels`, async () => {
      const page = await open(`/${name}?${everything}`, { viewport: { width: 360, height: 740 } });
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("a, button, summary, select, input")]
          .map(element => [element.closest("label") ?? element, element.textContent])
          .map(([element, text]) => [element.getBoundingClientRect(), text])
          .filter(([box]) => box.width > 1 && (box.width < 24 || box.height < 24))
          .map(([box, text]) => `${text} ${box.width}x${box.height}`),
      );
      assert.deepEqual(small, []);
      assert.deepEqual(await axeFinds(page), []);
      await picture(page, `${name}-phone`);
      await done(page);
    });

    test(`${name}_fits_a_tablet_and_nothing_has_to_be_scrolled_sideways`, async () => {
      const page = await open(`/${name}?from=2024-03-31&to=2024-04-01`, { viewport: devices.tablet });
      const wide = await page
        .locator(".scroll")
        .evaluateAll(all =>
          all
            .filter(one => one.scrollWidth > one.clientWidth + 1)
            .map(one => `${one.closest(".figure").id}: ${one.scrollWidth} in ${one.clientWidth}`),
        );
      assert.deepEqual(wide, []);
      await picture(page, `${name}-tablet`);
      await done(page);
    });

    test(`${name}_on_a_large_screen_has_no_controls`, async () => {
      const page = await open(`/${name}?tv=1&${everything}`, { viewport: { width: 1920, height: 1080 } });
      assert.deepEqual(
        await page.evaluate(() =>
          [...document.querySelectorAll("button:not(.number-link), select, input, summary, nav a")]
            .filter(element => element.checkVisibility())
            .map(element => element.textContent),
        ),
        [],
      );
      assert.ok((await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize))) > 20);
      await picture(page, `${name}-tv`, false);
      await page.keyboard.press("Escape");
      await page.waitForURL(url => !url.searchParams.has("tv"));
      await done(page);
    });

    test(`${name}_prints_without_its_controls`, async () => {
      const page = await open(`/${name}?${everything}`);
      await page.emulateMedia({ media: "print" });
      const controls = ".tools:visible, nav:visible, .controls:visible, button:not(.number-link):visible";
      assert.equal(await page.locator(controls).count(), 0);
      assert.ok((await page.locator("h1:visible").count()) === 1);
      await done(page);
    });
  }

  test("a_table_that_is_drawn_again_can_be_scrolled_with_the_keyboard_at_once", async () => {
    const page = await open(`/data?${everything}`, { viewport: devices.phone });
    await still(page);
    const drawn = await page.locator("#partitions").evaluate(figure => {
      [...figure.querySelectorAll("button")].find(one => /as table/.test(one.ariaLabel ?? one.textContent)).click();
      const table = figure.querySelector(".scroll");
      return { wide: table.scrollWidth > table.clientWidth + 1, tabIndex: table.tabIndex };
    });
    assert.deepEqual(drawn, { wide: true, tabIndex: 0 });
    await done(page);
  });

  test("the_csv_of_a_chart_holds_what_the_chart_shows", async () => {
    const page = await open(`/safety?${everything}`);
    const { heat } = await museum.api(`/safety?${everything}`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page
        .locator("#heat")
        .getByRole("link", { name: /as CSV/ })
        .click(),
    ]);
    assert.equal(download.suggestedFilename(), "safety-heat.csv");
    const [head, ...rows] = readFileSync(await download.path(), "utf8")
      .trimEnd()
      .split("\r\n");
    assert.equal(head, "floor,hour,presses,openHours,perOpenHour,low,high");
    assert.ok(heat.some(cell => cell.presses > 0));
    assert.deepEqual(
      rows.map(row => row.split(",").slice(0, 3).join()),
      heat.map(cell => [cell.floor, cell.hour, cell.presses].join()),
    );
    await page
      .locator("#heat")
      .getByRole("button", { name: /show as table/ })
      .click();
    // A number of calls and a rate are never in one cell.
    const shown = (await page.locator("#heat tbody td:nth-child(3)").allTextContents()).map(Number);
    assert.equal(
      shown.reduce((sum, calls) => sum + calls, 0),
      rows.reduce((sum, row) => sum + Number(row.split(",")[2]), 0),
    );
    await done(page);
  });

  test("a_chart_is_saved_as_a_png", async () => {
    const page = await open(`/ratings?${everything}`);
    for (const id of ["trend", "ranking"]) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.locator(`#${id}`).getByRole("button", { name: /PNG/ }).click(),
      ]);
      assert.equal(download.suggestedFilename(), `${id}.png`);
      const bytes = readFileSync(await download.path());
      assert.equal(bytes.subarray(1, 4).toString(), "PNG");
      assert.ok(
        bytes.readUInt32BE(16) === 2240 && bytes.length > 20_000,
        `${bytes.readUInt32BE(16)} wide, ${bytes.length} bytes`,
      );
    }
    await done(page);
  });

  test("the_address_holds_what_is_shown_and_back_works", async () => {
    const page = await open("/ratings");
    await page.getByRole("button", { name: "All", exact: true }).click();
    await page.locator("#menu-floor summary").click();
    await page.getByLabel("Floor 2").check();
    await settled(page);
    assert.equal(new URL(page.url()).search, "?range=all&floor=2");
    const rows = await page.locator(".ranking tbody th").allTextContents();
    assert.ok(rows.length > 0 && rows.every(row => row.includes("Floor 2")), rows.join());
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Safety" }).click();
    await page.waitForURL(/\/safety\?range=all&floor=2$/);
    await page.goBack();
    await page.waitForURL(/\/ratings/);
    await page.goBack();
    await settled(page);
    assert.equal(new URL(page.url()).search, "?range=all");
    assert.ok((await page.locator(".ranking tbody tr").count()) > rows.length);
    await page.reload();
    await settled(page);
    assert.equal(await page.getByRole("button", { name: "All", exact: true }).getAttribute("aria-pressed"), "true");
    await done(page);
  });

  test("custom_days_and_an_empty_period_say_where_the_votes_are", async () => {
    const page = await open("/ratings?from=2024-03-30&to=2024-03-31");
    assert.match(await page.textContent(".facts"), /30 Mar 2024 – 31 Mar 2024/);
    await page.locator("#menu-dates summary").click();
    await page.getByLabel("From", { exact: true }).fill("2020-01-01");
    await page.getByLabel("To", { exact: true }).fill("2020-01-02");
    await page.getByRole("button", { name: "Show these days" }).click();
    await page.waitForURL(/from=2020-01-01&to=2020-01-02/);
    await page.getByRole("heading", { name: /Nobody voted/ }).waitFor();
    await picture(page, "empty");
    assert.deepEqual(await axeFinds(page), []);
    await page.getByRole("button", { name: "Show everything" }).click();
    await page.getByRole("heading", { name: /leads with/ }).waitFor();
    await done(page);
  });

  test("comparing_with_the_period_before_is_a_choice", async () => {
    const { total, previous } = await museum.api("/ratings?from=2024-03-31&to=2024-04-01");
    assert.ok(previous.votes > 0);
    const page = await open("/ratings?from=2024-03-31&to=2024-04-01");
    const change = (total.mean - previous.mean).toFixed(2).replace("-", "−");
    assert.ok(
      (await page.locator(".stat", { hasText: "Compared with the period before" }).textContent()).includes(change),
    );
    assert.ok((await page.locator(".ranking .change .verdict").count()) > 0);
    await picture(page, "compared");
    await page.getByLabel("Compare with previous").uncheck();
    await page.waitForURL(/compare=0/);
    await settled(page);
    assert.equal(
      (await page.locator(".ranking .change").count()) +
        (await page.locator(".stat", { hasText: "Compared with the period before" }).count()),
      0,
    );
    await done(page);
  });

  test("a_trend_by_week_with_one_exhibition_highlighted_has_gaps_in_weeks_without_votes", async () => {
    const page = await open(`/ratings?${everything}`);
    await page.getByLabel("Exhibition to highlight").selectOption({ label: "Night Gardens" });
    await page.getByRole("heading", { name: "How Night Gardens went" }).waitFor();
    await page.getByLabel("Trend by").selectOption("day");
    await page.waitForURL(/by=day/);
    await settled(page);
    await page.locator("#trend").getByRole("button", { name: /table/ }).click();
    const cells = await page
      .locator("#trend tbody tr")
      .evaluateAll(rows => rows.map(row => [...row.children].map(cell => cell.textContent)));
    assert.ok(
      cells.some(([, votes, mean]) => mean === "–" && (votes === "–" || votes === "0")) &&
        cells.some(([, , mean]) => /^\d\.\d\d$/.test(mean)),
    );
    await done(page);
  });

  test("the_theme_is_chosen_by_a_button_and_remembered", async () => {
    const page = await open(`/ratings?${everything}`);
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.getByRole("button", { name: "Use dark colours" }).click();
    assert.notEqual(await paper(), light);
    await page.reload();
    await settled(page);
    assert.equal(await page.getAttribute("html", "data-theme"), "dark");
    await done(page);
  });

  test("hostile_names_and_payloads_are_text", async () => {
    const page = await open(`/ratings?${everything}`);
    const shown = hostileName.replace("\u202e", "\\u202e").replace("\u001b", "\\u001b");
    await page.locator(".ranking th", { hasText: "<img src=x" }).waitFor();
    assert.ok((await page.locator(".ranking").textContent()).includes(shown));
    await museum.press({ site: "<svg onload=alert(1)>\u202e\u001b[31m", val: 2 });
    await museum.help(6, 0);
    await visit(page, `${museum.address}/data`);
    const raw = page.locator(".raw", { hasText: "<svg onload" }).first();
    for (let left = 20; left > 0 && !(await raw.count()); left--) {
      await page.reload();
      await settled(page);
      await page.locator("#quarantine .raw").first().waitFor();
    }
    assert.match(await raw.textContent(), /\\u\{202E\}/);
    assert.doesNotMatch(await raw.textContent(), /[\u001b\u202e]/u);
    await visit(page, `${museum.address}/safety`);
    await page.locator("#feed .press", { hasText: "<img src=x" }).first().waitFor();
    assert.equal(await page.locator("main img, main script, body > img").count(), 0);
    assert.doesNotMatch(await page.title(), /owned/);
    await done(page);
  });

  test("repeats_are_left_out_of_every_page_by_a_switch", async () => {
    const page = await open(`/data?${everything}`);
    const before = await museum.api(`/ratings?${everything}`);
    const without = await museum.api(`/ratings?${everything}&excludeRepeats=true`);
    await page.getByRole("switch", { name: /Leave repeats out/ }).check();
    await page.getByRole("link", { name: "Ratings" }).click();
    await page.getByRole("button", { name: "Repeats left out" }).waitFor();
    await settled(page);
    assert.ok(without.total.votes < before.total.votes);
    assert.ok((await page.textContent(".stats")).includes(without.total.votes.toLocaleString("en-GB")));
    await done(page);
  });

  test("the_quarantine_is_searched_and_replayed", async () => {
    const page = await open("/data");
    await page.locator("#quarantine li").first().waitFor();
    await page.getByLabel("Reason").selectOption("unknown_site");
    await page.waitForURL(/reason=unknown_site/);
    await page.waitForFunction(() =>
      [...document.querySelectorAll("#quarantine .held-line strong")].every(
        word => word.textContent === "unknown site",
      ),
    );
    await page.locator("#replay").click();
    assert.deepEqual(await axeFinds(page), []);
    await picture(page, "replay", false);
    await page.getByLabel("Your name").fill("Otto");
    await page.getByRole("button", { name: "Replay", exact: true }).click();
    await page
      .locator("dialog")
      .getByText(/accepted; \d+ still refused/)
      .waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), "replay");
    await page.locator("#audit tbody tr", { hasText: /Otto.*replay/i }).waitFor();
    await done(page);
  });

  test("an_error_of_the_server_is_shown_in_place", async () => {
    const page = await open("/ratings?floor=99");
    assert.match(await page.textContent("#ranking"), /floor: found '99', expected one of/);
    assert.deepEqual(await axeFinds(page), []);
    await page.context().close();
  });

  test("a_refused_query_removes_the_numbers_of_the_one_before", async () => {
    const page = await open("/ratings?range=all");
    assert.match(await page.textContent(".stats"), /Votes/);
    await page.evaluate(() => {
      history.pushState(null, "", "/ratings?from=1990-01-01&to=2024-03-31");
      dispatchEvent(new PopStateEvent("popstate"));
    });
    await page.getByRole("heading", { level: 1, name: "This cannot be shown" }).waitFor();
    assert.doesNotMatch(await page.textContent(".stats"), /Votes/);
    assert.equal(await page.textContent(".facts"), "");
    assert.equal(await page.locator("#ranking table, #distribution table").count(), 0);
    await page.getByRole("button", { name: "Show everything" }).click();
    await page.locator(".stats").getByText("Mean rating").waitFor();
    await page.locator("#ranking table").waitFor();
    await page.context().close();
  });

  test("an_invalid_address_is_read_as_well_as_possible", async () => {
    const page = await open("/ratings?from=2023-99-99&to=2023-02-30&museum=nowhere");
    await settled(page);
    assert.match(page.url(), /\/ratings\?range=\w+$/);
    await visit(page, `${museum.address}/ratings?from=2024-03-31&to=2024-03-01`);
    assert.match(page.url(), /from=2024-03-01&to=2024-03-31$/);
    await visit(page, `${museum.address}/ratings?from=2024-03-30`);
    assert.match(page.url(), /from=2024-03-30&to=2024-03-30$/);
    await visit(page, `${museum.address}/ratings?range=all&by=hour`);
    assert.equal(await page.getByLabel("Trend by").inputValue(), "");
    assert.equal(await page.locator("option", { hasText: "by hour" }).evaluate(option => option.disabled), true);
    await done(page);
  });
});
