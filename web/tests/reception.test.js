// Green means received: under an open page its causes are taken away one by one.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeFinds, launch, options, picture, tab, visit } from "./browser.js";
import { until } from "./museum.js";
import { Servers, withoutBroker } from "./servers.js";

/** The page must say it within this time; the test allows twice that, and reports the time. */
const promised = 30_000;

describe("reception", { ...options, timeout: 900_000, skip: options.skip || withoutBroker() }, () => {
  let servers, browser, page;
  before(async () => {
    servers = await Servers.open();
    browser = await launch();
    page = await tab(browser);
  });
  after(async () => {
    await browser?.close();
    await servers?.close();
  });

  const red = text => page.locator(".deaf-line", { hasText: text });
  const isFine = () => page.locator('#live[data-state="live"]').waitFor({ timeout: 60_000 });

  /** Waits for the line, on Ratings as well as on Safety; returns milliseconds. */
  async function turnsRed(text, act) {
    const begun = performance.now();
    await act();
    await red(text).waitFor({ timeout: 2 * promised });
    const took = performance.now() - begun;
    console.log(`# ${text}: red after ${(took / 1_000).toFixed(1)} s`);
    assert.ok(took < promised, `red after ${took} ms`);
    assert.equal(await page.getAttribute("#live", "data-state"), "deaf");
    assert.equal((await servers.api("/data/live")).healthy, false);
    await until(async () => (await servers.metric("museum_receiving")) === 0);
  }

  test("a_museum_with_only_history_says_so_and_not_that_nobody_waits", async () => {
    await visit(page, `${servers.address}/safety?range=all`);
    await page.locator('#live[data-state="history"]').waitFor();
    assert.equal(await page.textContent("#live"), "History only");
    assert.equal(await page.textContent("h1"), "History only: no live presses");
    assert.equal(await page.locator(".deaf-line").count(), 0);
    await picture(page, "history-only", false);
  });

  test("a_consumer_that_is_killed_turns_every_page_red_and_the_emergency_comes_when_another_starts", async () => {
    await servers.consume();
    await servers.help(1, 0);
    await page.locator("#feed .press", { hasText: "The Beetle Vault" }).waitFor();
    await isFine();
    assert.equal(await servers.metric("museum_receiving"), 1);
    await turnsRed("the consumer does not answer", async () => {
      servers.consumer.child.kill("SIGKILL");
      await servers.help(2, 1);
    });
    assert.match(
      await red("consumer").textContent(),
      /^No presses received since \d\d:\d\d: the consumer does not answer$/,
    );
    assert.match(await page.textContent("h1"), /presses do not arrive/);
    assert.deepEqual(await axeFinds(page), []);
    await picture(page, "deaf", false);
    for (const name of ["Ratings", "Data health"]) {
      await page.getByRole("link", { name }).click();
      assert.ok(await red("the consumer does not answer").isVisible(), name);
    }
    await picture(page, "deaf-data", false);
    await servers.consume();
    await page.locator(".alert", { hasText: "Fire Below" }).waitFor({ timeout: 60_000 });
    await isFine();
    assert.equal(await page.locator(".deaf-line").count(), 0);
  });

  test("a_frozen_consumer_is_reported", async () => {
    await turnsRed("the consumer does not answer", async () => servers.consumer.child.kill("SIGSTOP"));
    servers.consumer.child.kill("SIGCONT");
    await isFine();
  });

  test("a_stopped_broker_is_reported", async () => {
    await turnsRed("No presses received", async () => servers.kafka("kill"));
    await picture(page, "broker-gone", false);
    servers.kafka("start");
    await isFine();
  });

  test("a_database_that_is_frozen_is_told_and_nobody_is_said_to_be_safe", async () => {
    const begun = performance.now();
    servers.signalDatabase("SIGSTOP");
    await page
      .locator(".deaf-line")
      .first()
      .waitFor({ timeout: 2 * promised });
    const took = performance.now() - begun;
    console.log(
      `# ${await page.locator(".deaf-line").first().textContent()}: red after ${(took / 1_000).toFixed(1)} s`,
    );
    assert.ok(took < promised, `red after ${took} ms`);
    assert.equal(await page.getAttribute("#live", "data-state"), "deaf");
    await until(async () => (await servers.metric("museum_receiving")) === 0);
    await page.getByRole("link", { name: "Safety" }).click();
    assert.doesNotMatch(await page.textContent("h1"), /Nobody is waiting/);
    await picture(page, "database-frozen", false);
    servers.signalDatabase("SIGCONT");
    await isFine();
  });

  test("calls_that_are_stored_by_nobody_because_a_table_is_locked_are_told", async () => {
    const unlock = await servers.lock("support_instance");
    const begun = performance.now();
    await servers.help(3, 1);
    await page
      .locator(".deaf-line")
      .first()
      .waitFor({ timeout: 2 * promised });
    const took = performance.now() - begun;
    console.log(
      `# ${await page.locator(".deaf-line").first().textContent()}: red after ${(took / 1_000).toFixed(1)} s`,
    );
    assert.ok(took < promised, `red after ${took} ms`);
    unlock();
    await page.locator(".alert", { hasText: "Night Gardens" }).waitFor({ timeout: 60_000 });
    await isFine();
  });

  test("without_a_consumer_a_page_that_is_opened_begins_red", async () => {
    await servers.consumer.stop();
    await servers.server.stop();
    await servers.serve();
    await turnsRed("the consumer does not answer", () => visit(page, `${servers.address}/safety`));
  });

  test("a_partition_that_stopped_because_the_broker_deleted_what_was_not_read_is_told", async () => {
    for (let call = 0; call < 8; call++) await servers.help(call % 3, 0);
    await servers.deleteRecords();
    await turnsRed("is stopped", () => servers.consume());
    await page.getByRole("link", { name: "Data health" }).click();
    await page.locator("#partitions .pill.bad").first().waitFor();
    await picture(page, "partition-stopped", false);
  });
});
