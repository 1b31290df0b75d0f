import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeFinds, launch, options, picture, settled, tab, visit } from "./browser.js";
import { addOldMuseum, Museum, until } from "./museum.js";

describe("museums", options, () => {
  let museum, browser, consumer;
  before(async () => {
    museum = await Museum.open({ before: addOldMuseum });
    // The demo reads only the first museum's topic.
    await museum.press({ site: "0", val: 3 }, "past");
    consumer = museum.start(["consume", "--target", "embedded"], {
      BOOTSTRAP_SERVERS: museum.broker,
      TOPIC: "past",
      GROUP: "past",
    });
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await consumer?.stop();
    await museum?.close();
  });

  const isLive = page => page.locator('#live[data-connection="live"]').waitFor();
  const open = async path => {
    const page = await tab(browser);
    await visit(page, museum.address + path);
    await isLive(page);
    return page;
  };
  const done = async page => {
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  };
  const chosen = page => page.locator('.segments button[aria-pressed="true"]').first().textContent();

  test("a_museum_with_only_history_begins_with_everything_and_one_with_a_stream_with_four_weeks", async () => {
    const past = await open("/ratings?museum=PAST");
    assert.equal(await chosen(past), "All");
    assert.match(past.url(), /range=all/);
    assert.equal((await museum.api("/ratings?museum=PAST&range=28d")).total.votes, 0);
    assert.match(await past.textContent(".stats"), /Votes40/);
    await visit(past, `${museum.address}/ratings?museum=PAST&range=28d`);
    assert.equal(await chosen(past), "28 days", "what the address says goes");
    await done(past);
    await museum.press({ site: "0", val: 3 });
    const now = async () => Date.now() - Date.parse((await museum.api("/museums")).museums[0].lastPress);
    await until(async () => (await now()) < 60_000);
    const heard = await open("/ratings");
    assert.equal(await chosen(heard), "28 days");
    await done(heard);
  });

  test("choosing_another_museum_shows_its_numbers_its_filters_and_its_calls", async () => {
    const page = await open("/safety?range=all&floor=2");
    const choice = page.getByLabel("Museum", { exact: true });
    assert.deepEqual(await choice.locator("option").evaluateAll(all => all.map(option => option.value)), [
      "LMNH",
      "PAST",
    ]);
    await choice.selectOption("PAST");
    await page.waitForURL(/museum=PAST/);
    assert.doesNotMatch(page.url(), /floor/);
    await settled(page);
    await isLive(page);
    assert.match(await page.textContent(".facts"), /times in Etc\/UTC/);
    assert.match(await page.title(), /Museum of the Past/);
    await page.locator("#feed .empty").waitFor();
    await page.getByRole("link", { name: "Ratings" }).click();
    await page.locator(".ranking th", { hasText: "Tidal Pools" }).waitFor();
    assert.equal(await page.locator(".ranking tbody tr").count(), 1);

    // Presses of the other museum's kiosks arrive there and not here.
    const other = await open("/safety");
    await museum.help(3, 1);
    await other.locator(".alert", { hasText: "Night Gardens" }).waitFor();
    await museum.help(0, 1, "past");
    // Calls belong to one museum; an emergency is shown on every page, with its museum.
    for (const each of [page, other]) {
      await each.locator(".alert", { hasText: "Tidal Pools" }).waitFor();
      await each.locator(".alert", { hasText: "Night Gardens" }).waitFor();
      assert.match(
        await each.locator(".alert", { hasText: "Tidal Pools" }).textContent(),
        /Museum of the Past, Floor 1/,
      );
    }
    await page.goBack();
    await page.locator("#feed .press", { hasText: "Tidal Pools" }).first().waitFor();
    assert.equal(await page.locator("#feed .press", { hasText: "Night Gardens" }).count(), 0);
    assert.equal(await other.locator("#feed .press", { hasText: "Tidal Pools" }).count(), 0);
    await page.getByRole("link", { name: "All museums" }).click();
    await page.locator("#museums tbody tr", { hasText: "Museum of the Past" }).waitFor();
    for (const text of ["Tidal Pools", "Night Gardens"])
      await page.locator("#feed .press", { hasText: text }).first().waitFor();
    assert.deepEqual(await axeFinds(page), []);
    await picture(page, "all-museums");
    await done(other);
    await done(page);
  });

  test("a_museums_code_in_other_letter_case_is_that_museum_and_not_two_on_one_page", async () => {
    const page = await open("/safety?museum=past&range=all");
    assert.match(page.url(), /museum=PAST/);
    assert.equal(await page.getByLabel("Museum", { exact: true }).inputValue(), "PAST");
    assert.match(await page.textContent(".facts"), /times in Etc\/UTC/);
    await page.getByRole("link", { name: "Data health" }).click();
    await page
      .getByRole("heading", { level: 1, name: "The museum is closed: kiosks are judged when it is open" })
      .waitFor();
    await done(page);
  });

  test("a_call_out_of_hours_is_shown_as_such_and_counted_nowhere", async () => {
    const page = await open("/safety?museum=PAST&range=today");
    const totals = async () => (await museum.api("/safety?museum=PAST&range=today")).totals;
    await museum.help(0, 0, "past");
    const row = page.locator("#feed .press.assistance.open", { hasText: "Tidal Pools" });
    await row.waitFor();
    assert.match(await row.textContent(), /out of hours/);
    await page.locator(".incident.assistance", { hasText: "out of hours" }).waitFor();
    await picture(page, "out-of-hours");
    const { emergencies, assistance, notCounted } = await totals();
    assert.deepEqual([emergencies, assistance, notCounted.unreadable], [0, 0, 0]);
    assert.ok(notCounted.outOfHours >= 1);
    await done(page);
  });

  test("an_emergency_nobody_acknowledged_in_time_is_marked_as_escalated", async () => {
    const page = await open("/safety");
    // It comes late, as after an outage: the time to acknowledge it is over when it arrives.
    await museum.press({ at: new Date(Date.now() - 6 * 60_000).toISOString(), site: "1", val: -1, type: 1 });
    const row = page.locator("#feed .press.emergency.open", { hasText: "The Beetle Vault" });
    await row.waitFor();
    await row.getByText(/^Escalated \d/).waitFor();
    await page
      .locator(".incident.emergency", { hasText: "The Beetle Vault" })
      .getByText(/^escalated /)
      .waitFor();
    await picture(page, "escalated");
    await row.getByRole("button", { name: "On my way" }).click();
    await page.getByLabel("Your name").fill("Ines");
    await page.locator("dialog .primary").click();
    await page.locator("#feed .press.acknowledged", { hasText: "The Beetle Vault" }).waitFor();
    await done(page);
  });

  test("days_before_and_after_today_can_be_selected", async () => {
    // The museum's own days: in summer London's begin an hour before UTC's.
    const local = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/London" });
    const day = ahead => local.format(Date.now() + ahead * 86_400_000);
    const page = await open(`/ratings?from=${day(-1)}&to=${day(1)}`);
    const { total, period } = await museum.api(`/ratings?from=${day(-1)}&to=${day(1)}`);
    assert.deepEqual([period.from, period.to], [day(-1), day(1)]);
    assert.ok(total.votes > 0, "today's votes are among them");
    assert.ok((await page.textContent(".stats")).includes(total.votes.toLocaleString("en-GB")));
    const { points } = await museum.api(`/ratings/trend?by=day&from=${day(-1)}&to=${day(1)}`);
    assert.equal(points.at(-1), day(0), "no point of a day that has not come");
    await page.locator("#menu-dates summary").click();
    await page.getByLabel("From", { exact: true }).fill(day(1));
    await page.getByLabel("To", { exact: true }).fill(day(1));
    await page.getByRole("button", { name: "Show these days" }).click();
    await page.getByRole("heading", { name: /Nobody voted/ }).waitFor();
    await settled(page);
    await done(page);
  });
});
