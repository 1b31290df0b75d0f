import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeFinds, launch, options, picture, settled, tab, visit } from "./browser.js";
import { Museum, until } from "./museum.js";

const everything = "range=all";

describe("an exhibition's page", options, () => {
  let museum, browser, worst;
  before(async () => {
    museum = await Museum.open();
    browser = await launch();
    const { exhibitions } = await museum.api(`/ratings?${everything}`);
    worst = exhibitions.filter(row => row.rank !== null).sort((a, b) => b.rank - a.rank)[0];
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
  const address = () => `/exhibition?${everything}&exhibition=${worst.publicId}`;

  test("one_click_on_the_name_that_trails_opens_its_story_and_two_more_write_down_why", async () => {
    const page = await open(`/ratings?${everything}`);
    await page
      .getByRole("heading", { level: 1, name: / trails with / })
      .getByRole("link", { name: worst.name })
      .click();
    await page.waitForURL(/\/exhibition\?/);
    await settled(page);
    assert.match(await page.textContent("h1"), new RegExp(`^${worst.name} is rated ${worst.mean.toFixed(2)} of 4`));
    await page.getByRole("button", { name: "Annotate" }).click();
    await page.getByLabel("In a few words").fill("labels changed");
    await page.getByLabel("Your name").fill("Ada");
    await page.getByRole("button", { name: "Write it down" }).click();
    await page.locator(".annotations", { hasText: "labels changed" }).waitFor();
    const { annotations } = await museum.api(`/exhibition?${everything}&exhibition=${worst.publicId}`);
    assert.deepEqual(
      annotations.map(({ text, who, publicId }) => [text, who, publicId]),
      [["labels changed", "Ada", worst.publicId]],
    );
    await visit(page, `${museum.address}/ratings?${everything}`);
    assert.match(await page.textContent("#trend .annotations"), /labels changed/);
    await done(page);
  });

  test("a_target_of_its_own_is_drawn_and_judged_by", async () => {
    const page = await open(address());
    await page.getByRole("button", { name: "Target" }).click();
    await page.getByLabel(/A mean of at least/).fill("0.5");
    await page.getByLabel("Your name").fill("Ada");
    await page.getByRole("button", { name: "Set the target" }).click();
    await page.locator(".who .pill", { hasText: "On target" }).waitFor();
    await done(page);
  });

  test("every_number_opens_the_presses_behind_it", async () => {
    const page = await open(address());
    await page.locator(".stat", { hasText: "Votes" }).getByRole("button").click();
    const dialog = page.getByRole("dialog");
    await dialog.locator("tbody tr").first().waitFor();
    const { total, events } = await museum.api(`/ratings/events?${everything}&exhibition=${worst.publicId}&limit=50`);
    assert.match(await dialog.locator(".note").textContent(), new RegExp(`^${total.toLocaleString("en-GB")} presses`));
    assert.equal(await dialog.locator("tbody tr").count(), events.length);
    assert.equal(await dialog.locator("tbody tr td code").first().textContent(), events[0].source);
    await dialog.getByRole("button", { name: "Show more" }).click();
    await page.waitForFunction(() => document.querySelectorAll("dialog[open] tbody tr").length === 100);
    await picture(page, "exhibition-evidence", false);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });

    await page
      .locator("#votes")
      .getByRole("button", { name: /show the presses of Terrible/ })
      .click();
    const terrible = await museum.api(`/ratings/events?${everything}&exhibition=${worst.publicId}&type=0&limit=1`);
    await page.getByText(`${terrible.total.toLocaleString("en-GB")} presses`).waitFor();
    await done(page);
  });

  test("a_point_of_the_trend_and_a_cell_of_the_week_open_their_presses", async () => {
    const page = await open(`/exhibition?from=2024-03-29&to=2024-03-31&exhibition=${worst.publicId}`);
    // The weekend is at the bottom of the week.
    for (const [id, height] of [
      ["course", 0.4],
      ["hours", 0.85],
    ]) {
      const canvas = page.locator(`#${id} .canvas`);
      const box = await canvas.boundingBox();
      await canvas.click({ position: { x: box.width * 0.45, y: box.height * height } });
      await page.locator("dialog[open] .note", { hasText: /press/ }).waitFor();
      await page.keyboard.press("Escape");
      await page.locator("dialog[open]").waitFor({ state: "hidden" });
    }
    await done(page);
  });

  test("a_cell_of_an_hour_and_the_quarter_beside_it_opens_the_presses_of_both", async () => {
    const days = `from=2024-03-29&to=2024-03-31&exhibition=${worst.publicId}`;
    const opening = (opens, closes) =>
      museum.run(["museums", "change", "LMNH", "--opens", opens, "--closes", closes, "--target", "embedded"]);
    opening("08:45", "18:15");
    let both = [];
    await until(async () => {
      const { hours } = await museum.api(`/exhibition?${days}`);
      both = hours.filter(cell => cell.weekday === 7 && cell.hour >= 17 && cell.openHours > 0);
      return both.length === 2;
    });
    assert.ok(both.every(cell => cell.votes > 0));
    const page = await open(`/exhibition?${days}`);
    const canvas = page.locator("#hours .canvas");
    const { width, height } = await canvas.boundingBox();
    // The cell in the corner: Sunday, 17:00 to 18:15.
    await canvas.click({ position: { x: width - 14, y: height - 14 } });
    const note = page.locator("dialog[open] .note", { hasText: /press/ });
    await note.waitFor();
    assert.match(await note.textContent(), new RegExp(`^${both[0].votes + both[1].votes} presses`));
    opening("00:00", "23:59");
    await done(page);
  });

  test("the_dates_menu_offers_weeks_months_and_last_year", async () => {
    const page = await open(address());
    await page.locator("#menu-dates summary").click();
    await page.getByRole("button", { name: "Last week" }).click();
    await page.waitForURL(/from=/);
    const [from, to] = ["from", "to"].map(key => new URL(page.url()).searchParams.get(key));
    assert.equal((Date.parse(to) - Date.parse(from)) / 86_400_000, 6);
    assert.equal(new Date(`${from}T00:00:00Z`).getUTCDay(), 1);
    await settled(page);
    await page.locator("#menu-dates summary").click();
    await page.getByRole("button", { name: "Same weeks last year" }).click();
    await page.waitForURL(url => url.searchParams.get("from") !== from);
    const before = new URL(page.url()).searchParams.get("from");
    assert.equal((Date.parse(from) - Date.parse(before)) / 86_400_000, 364);
    await done(page);
  });

  for (const [name, more] of [
    ["light", {}],
    ["dark", { colorScheme: "dark" }],
    ["phone", { viewport: { width: 360, height: 800 } }],
  ]) {
    test(`it_is_accessible_${name}`, async () => {
      const page = await open(address(), more);
      assert.deepEqual(await axeFinds(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= (more.viewport?.width ?? 1280));
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("a, button, summary, select, input")]
          .map(element => [element.closest("label") ?? element, element.textContent])
          .map(([element, text]) => [element.getBoundingClientRect(), text])
          .filter(([box]) => box.width > 1 && (box.width < 24 || box.height < 24))
          .map(([box, text]) => `${text} ${box.width}x${box.height}`),
      );
      assert.deepEqual(small, []);
      await picture(page, `exhibition-${name}`);
      await done(page);
    });
  }
});
