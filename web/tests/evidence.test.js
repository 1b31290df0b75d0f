// Every number opens what it counts, every record shows where it came from, every name leads to its page, and an hour
// narrows the page to it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { axeFinds, launch, options, picture, settled, tab, visit } from "./browser.js";
import { Museum, repository, until } from "./museum.js";

const everything = "range=all";
const total = text => Number(/^([\d,]+) (press|record)/.exec(text)?.[1].replaceAll(",", ""));

describe("evidence", { ...options, timeout: 600_000 }, () => {
  let museum, browser;
  before(async () => {
    museum = await Museum.open();
    browser = await launch();
    await museum.help(2, 1);
    await museum.help(3, 0);
    await until(async () => (await museum.api("/help?state=open")).open >= 2);
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
  const dialog = page => page.locator("dialog.evidence[open]");
  /** What the open list says, once it was read. */
  const told = async page => {
    const note = dialog(page).locator(".note", { hasText: /press|record/ });
    await note.waitFor();
    return note.textContent();
  };
  const closed = async page => {
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "hidden" });
  };

  for (const path of ["ratings", "safety", "data"]) {
    test(`every_count_of_${path}_opens_as_many_as_it_says`, async () => {
      const page = await open(`/${path}?from=2024-03-29&to=2024-04-01`);
      if (path === "safety")
        for (const id of ["hours", "heat", "response"])
          await page
            .locator(`#${id}`)
            .getByRole("button", { name: /show as table/ })
            .click();
      const numbers = page.locator("main .number-link:visible:not([aria-pressed])");
      const many = await numbers.count();
      let counts = 0;
      for (let at = 0; at < many; at++) {
        const number = numbers.nth(at);
        const text = await number.textContent();
        if (!/^[\d,]+$/.test(text)) continue;
        await number.click();
        assert.equal(
          total(await told(page)),
          Number(text.replaceAll(",", "")),
          `${text}: ${await number.getAttribute("aria-label")}`,
        );
        counts++;
        await closed(page);
      }
      assert.ok(counts > (path === "data" ? 5 : 12), `${counts} of ${many}`);
      await done(page);
    });
  }

  test("a_mean_a_share_and_a_rate_open_what_they_are_of", async () => {
    const page = await open(`/ratings?${everything}`);
    const { total: all, exhibitions, buttons } = await museum.api(`/ratings?${everything}`);
    const row = exhibitions.find(one => one.rank === 1);
    await page.locator(".stat", { hasText: "Mean rating" }).getByRole("button").click();
    assert.equal(total(await told(page)), all.votes);
    await closed(page);
    const line = page.locator("#distribution tbody tr", { hasText: row.name });
    await line.getByRole("button").last().click();
    assert.equal(total(await told(page)), row.distribution[buttons.length - 1]);
    await closed(page);
    await line.locator("rect").nth(1).click();
    assert.equal(total(await told(page)), row.distribution[1]);
    await closed(page);

    await visit(page, `${museum.address}/safety?${everything}`);
    const { floors, hours } = await museum.api(`/safety?${everything}`);
    const floor = floors.find(one => one.emergencies + one.assistance > 0);
    assert.ok(hours.some(hour => hour.openHours > 0));
    const cells = page.locator("#safety-floors tbody tr", { hasText: `Floor ${floor.name}` }).getByRole("button");
    await cells.first().click();
    assert.equal(total(await told(page)), floor.emergencies + floor.assistance);
    await closed(page);
    await done(page);
  });

  test("a_point_of_the_trend_opens_its_votes_and_a_bar_its_calls", async () => {
    for (const [path, id, list] of [
      ["ratings", "trend", "series"],
      ["safety", "calls-trend", "points"],
    ]) {
      const page = await open(`/${path}?from=2024-03-29&to=2024-03-31&by=day`);
      const data = await museum.api(`/${path}/trend?from=2024-03-29&to=2024-03-31&by=day`);
      const middle =
        list === "series" ? data.series[0].votes[1] : data.points[1].emergencies + data.points[1].assistance;
      const canvas = page.locator(`#${id} .canvas`);
      const { width, height } = await canvas.boundingBox();
      await canvas.click({ position: { x: width * (list === "series" ? 0.46 : 0.5), y: height * 0.4 } });
      assert.equal(total(await told(page)), middle);
      await closed(page);
      await done(page);
    }
  });

  test("a_press_shows_the_line_of_its_file_when_it_came_and_what_was_done", async () => {
    const page = await open(`/ratings?${everything}`);
    await page
      .locator(".stat", { hasText: /^Votes/ })
      .getByRole("button")
      .click();
    await told(page);
    const place = dialog(page)
      .locator("tbody tr")
      .nth(3)
      .locator("td button", { has: page.locator("code") });
    const [, file, line] = /^(lmnh_hist_data_\d\.csv), line (\d+)$/.exec(await place.textContent());
    await place.click();
    const raw = dialog(page).locator(".record pre.raw");
    await raw.waitFor();
    const lines = readFileSync(join(repository, "samples/bucket", file), "utf8").split(/\r?\n/);
    assert.equal(await raw.textContent(), lines[Number(line) - 1]);
    const record = await dialog(page).locator(".record").textContent();
    assert.match(record, /Arrivednot kept: of ratings only the time of the press is; its object was loaded by /);
    assert.match(record, /What was donecounted as a rating/);
    assert.deepEqual(await axeFinds(page), []);
    await picture(page, "evidence-record", false);
    await dialog(page)
      .getByRole("button", { name: /All of them/ })
      .click();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), `${file}, line ${line}`);
    await closed(page);
    await done(page);
  });

  test("a_live_call_shows_the_very_message_and_what_was_done_about_it", async () => {
    const page = await open("/safety?range=today");
    await page
      .locator(".stat", { hasText: /^Emergencies/ })
      .getByRole("button")
      .click();
    await told(page);
    // After closing time the day that was simulated is today's too: the call is the one that came from the topic.
    await dialog(page).locator("tbody code", { hasText: "lmnh:" }).first().click();
    const raw = dialog(page).locator(".record pre.raw");
    await raw.waitFor();
    const message = JSON.parse(await raw.textContent());
    assert.deepEqual([message.site, message.val, message.type], ["2", -1, 1]);
    const record = await dialog(page).locator(".record").textContent();
    assert.match(record, /Where it came fromlmnh:\d@\d+/);
    assert.match(record, /Arrived\d\d:\d\d:\d\d/);
    assert.match(record, /What was donecounted; open/);
    await closed(page);
    await done(page);
  });

  test("a_refused_record_shows_what_was_kept", async () => {
    const page = await open(`/data?${everything}`);
    await page.locator("#reasons tbody tr", { hasText: "unknown site" }).getByRole("button").first().click();
    await told(page);
    await dialog(page).locator("tbody code").first().click();
    const record = dialog(page).locator(".record");
    assert.match(await record.textContent(), /What was doneheld: it is in no number/);
    assert.match(await record.locator("pre.raw").textContent(), /"site"/);
    await closed(page);
    await done(page);
  });

  test("every_name_of_an_exhibition_leads_to_its_page", async () => {
    const links = {
      ratings: ["h1", ".ranking", "#distribution", "#changes"],
      safety: ["#feed", "#open", ".alerts", "#places", "#patrols"],
      data: ["#kiosks", "#sites", "#quarantine"],
      floors: [".building"],
    };
    for (const [path, places] of Object.entries(links)) {
      const page = await open(`/${path}?${path === "ratings" ? "from=2024-03-31&to=2024-04-01" : everything}`);
      for (const place of places) {
        const link = page.locator(`${place} a[data-exhibition]`).first();
        await link.waitFor();
        const name = await link.locator("bdi").first().textContent();
        await link.click();
        await page.waitForURL(/\/exhibition\?/);
        await settled(page);
        assert.ok((await page.textContent("h1")).startsWith(name), `${path} ${place}: ${name}`);
        await page.goBack();
        await page.waitForURL(new RegExp(`/${path}\\?`));
        await settled(page);
      }
      await done(page);
    }
  });

  test("a_cell_of_the_week_narrows_ratings_to_it_in_the_address_and_by_keyboard", async () => {
    const days = "from=2024-03-29&to=2024-03-31";
    const page = await open(`/ratings?${days}`);
    const whole = (await museum.api(`/ratings?${days}`)).total.votes;
    const canvas = page.locator("#busiest .canvas");
    const { width, height } = await canvas.boundingBox();
    // Sunday is at the bottom.
    await canvas.click({ position: { x: width * 0.5, y: height - 14 } });
    await page.waitForURL(/weekday=7&hour=\d+/);
    await settled(page);
    const q = new URL(page.url()).searchParams;
    const narrow = (await museum.api(`/ratings?${days}&weekday=7&hour=${q.get("hour")}`)).total.votes;
    assert.ok(narrow > 0 && narrow < whole);
    const votes = page.locator(".stat", { hasText: /^Votes/ }).getByRole("button");
    assert.equal(await votes.textContent(), narrow.toLocaleString("en-GB"));
    await votes.click();
    assert.equal(total(await told(page)), narrow);
    await closed(page);
    await picture(page, "evidence-narrowed");
    // Somebody else opens the same address.
    const other = await open(new URL(page.url()).pathname + new URL(page.url()).search);
    const chip = other.getByRole("button", { name: /^Only Sundays, \d\d:00 to \d\d:00/ });
    await chip.focus();
    await other.keyboard.press("Enter");
    await other.waitForURL(url => !url.searchParams.has("hour"));
    await settled(other);
    assert.equal(
      await other
        .locator(".stat", { hasText: /^Votes/ })
        .getByRole("button")
        .textContent(),
      whole.toLocaleString("en-GB"),
    );
    // Without a pointer: the table, then the hours.
    await other
      .locator("#busiest")
      .getByRole("button", { name: /show as table/ })
      .press("Enter");
    const hours = other.locator("#busiest tbody th button").nth(2);
    await hours.press("Enter");
    await other.waitForURL(/hour=/);
    await settled(other);
    assert.equal(await other.locator("#busiest tbody th button").nth(2).getAttribute("aria-pressed"), "true");
    // And a cell, by way of what is behind it.
    await other.locator("#busiest tbody td .number-link").first().press("Enter");
    await told(other);
    await dialog(other).getByRole("button", { name: "Only these on the page" }).press("Enter");
    await other.waitForURL(/weekday=\d&hour=/);
    await done(other);
    await done(page);
  });

  test("an_hour_and_a_cell_narrow_safety_to_it", async () => {
    const page = await open(`/safety?${everything}`);
    const { hours } = await museum.api(`/safety?${everything}`);
    await page
      .locator("#hours")
      .getByRole("button", { name: /show as table/ })
      .click();
    await page.locator("#hours tbody th button").nth(1).click();
    await page.waitForURL(/hour=/);
    await settled(page);
    const hour = Number(new URL(page.url()).searchParams.get("hour"));
    const one = hours.find(row => row.hour === hour);
    assert.equal(
      await page
        .locator(".stat", { hasText: /^Assistance/ })
        .locator("strong")
        .textContent(),
      one.assistance.toLocaleString("en-GB"),
    );
    // The table it was chosen from still shows every hour.
    assert.ok((await page.locator("#hours tbody tr").count()) > 2);
    await page.locator("#hours tbody th button").nth(1).click();
    await page.waitForURL(url => !url.searchParams.has("hour"));
    await settled(page);
    const canvas = page.locator("#heat .canvas");
    const { width, height } = await canvas.boundingBox();
    await canvas.click({ position: { x: width * 0.6, y: height - 14 } });
    await page.waitForURL(/floor=.*hour=/);
    await settled(page);
    assert.equal(await page.locator("#safety-floors tbody tr").count(), 1);
    assert.deepEqual(await axeFinds(page), []);
    await done(page);
  });

  test("what_happened_stands_in_the_trends_of_safety", async () => {
    const answer = await fetch(`${museum.address}/api/v1/annotations`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Museum": "1" },
      body: JSON.stringify({ day: new Date().toISOString().slice(0, 10), text: "new guards", name: "Ada" }),
    });
    assert.equal(answer.status, 200);
    const page = await open("/safety?range=7d");
    for (const id of ["calls-trend", "response"])
      await page.locator(`#${id} .annotations`, { hasText: "new guards" }).waitFor();
    await done(page);
  });

  for (const [name, more] of [
    ["light", {}],
    ["dark", { colorScheme: "dark" }],
    ["phone", { viewport: { width: 390, height: 844 } }],
  ]) {
    test(`lists_and_pages_are_accessible_${name}`, async () => {
      const page = await open(`/safety?${everything}`, more);
      await picture(page, `evidence-safety-${name}`);
      await page
        .locator(".stat", { hasText: /^Assistance/ })
        .getByRole("button")
        .click();
      await told(page);
      assert.deepEqual(await axeFinds(page), []);
      await picture(page, `evidence-list-${name}`, false);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= (more.viewport?.width ?? 1280));
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("a, button, summary, select, input")]
          .map(element => [element.closest("label") ?? element, element.textContent])
          .map(([element, text]) => [element.getBoundingClientRect(), text])
          .filter(([box]) => box.width > 1 && (box.width < 24 || box.height < 24))
          .map(([box, text]) => `${text} ${box.width}x${box.height}`),
      );
      assert.deepEqual(small, []);
      await dialog(page).locator("tbody code").first().click();
      await dialog(page).locator(".record").waitFor();
      await picture(page, `evidence-one-${name}`, false);
      await closed(page);
      await visit(page, `${museum.address}/ratings?${everything}&hour=11`);
      await picture(page, `evidence-ratings-${name}`);
      await done(page);
    });
  }

  test("what_retention_took_is_counted_and_said_to_be_gone", async () => {
    const before = (await museum.api(`/ratings?${everything}`)).total.votes;
    museum.environment.MUSEUM_RETAIN_EVENTS = "1";
    museum.run(["db", "retain", "--away", "--target", "embedded"]);
    delete museum.environment.MUSEUM_RETAIN_EVENTS;
    const page = await open(`/ratings?${everything}`);
    const votes = page.locator(".stat", { hasText: /^Votes/ }).getByRole("button");
    assert.equal(await votes.textContent(), before.toLocaleString("en-GB"));
    await votes.click();
    assert.match(await told(page), new RegExp(`^${before.toLocaleString("en-GB")} presses.* no longer kept`));
    await done(page);
  });
});
