// The demo's own kiosk, pressed in a browser: what becomes of a press is what the database says.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeFinds, launch, options, picture, settled, tab, visit } from "./browser.js";
import { freePort, Museum, until } from "./museum.js";

const json = { "Content-Type": "application/json", "X-Museum": "1" };

describe("the kiosk of a demo", options, () => {
  let museum, demo, address, browser;
  before(async () => {
    museum = new Museum();
    demo = museum.start(
      ["demo", "--database", `${museum.directory}/demo.db`, "-b", "samples/bucket", "--no-visitors", "--no-staff"],
      { MUSEUM_LISTEN: `127.0.0.1:${await freePort(1)}` },
    );
    [, address] = await demo.says(/^press it\s+(http\S+?)\/kiosk: /);
    await demo.says(/consuming, \d+ partitions/);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
    await museum?.close();
  });

  const ask = async path => (await fetch(address + path)).json();
  const open = async (path, more) => {
    const page = await tab(browser, more);
    await page.goto(address + path);
    await page.getByRole("button", { name: "Amazing" }).waitFor();
    return page;
  };
  const done = async page => {
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  };
  const stored = page => page.locator('.newest[data-state="stored"]');

  test("a_face_becomes_a_row_with_the_place_that_the_page_names", async () => {
    const page = await open("/kiosk?exhibition=EXH_03");
    const { total: before } = await ask("/api/v1/ratings/events?exhibition=EXH_03&range=today&limit=1");
    await page.getByRole("button", { name: "Good", exact: true }).click();
    const said = await stored(page).locator(".fate-said").textContent();
    const [, place, took] = /^Stored as (\S+), (\d+\.\d\d) s after you pressed\.$/.exec(said);
    assert.ok(Number(took) < 1, said);
    const message = JSON.parse(await stored(page).locator("code").textContent());
    assert.deepEqual([message.site, message.val, message.type], ["3", 3, undefined]);
    const behind = "/api/v1/ratings/events?exhibition=EXH_03&range=today&limit=1000";
    await until(async () => (await ask(behind)).total === before + 1);
    const { events } = await ask(behind);
    assert.ok(
      events.some(event => event.source === place && event.value === 3),
      place,
    );
    assert.ok(events.some(event => Date.parse(event.at) === Date.parse(message.at)));
    await page.getByRole("link", { name: "See it on the exhibition's page" }).click();
    await settled(page);
    assert.match(page.url(), /\/exhibition\?.*exhibition=EXH_03/);
    await done(page);
  });

  test("an_emergency_is_on_the_safety_page_within_a_second", async () => {
    const [page, safety] = [await open("/kiosk?exhibition=EXH_01"), await tab(browser)];
    await visit(safety, `${address}/safety?range=today`);
    await safety.locator('#live[data-connection="live"]').waitFor();
    const rows = safety.locator("#feed .press", { hasText: "Emergency" });
    const before = await rows.count();
    const begun = performance.now();
    await page.getByRole("button", { name: "Emergency" }).click();
    await rows.nth(before).waitFor();
    const took = performance.now() - begun;
    assert.ok(took < 1_000, `${took} ms`);
    await stored(page).waitFor();
    assert.match(await stored(page).textContent(), /^Emergency, /);
    const { at, val, type } = JSON.parse(await stored(page).locator("code").textContent());
    assert.deepEqual([val, type], [-1, 1]);
    await until(async () =>
      (await ask("/api/v1/help/events?exhibition=EXH_01&range=today")).events.some(
        event => Date.parse(event.at) === Date.parse(at),
      ),
    );
    await safety.context().close();
    await done(page);
  });

  test("a_rating_is_on_its_exhibitions_page_a_moment_later", async () => {
    const [page, exhibition] = [await open("/kiosk?exhibition=EXH_00"), await tab(browser)];
    await visit(exhibition, `${address}/exhibition?range=today&exhibition=EXH_00`);
    await exhibition.locator('#live[data-connection="live"]').waitFor();
    const votes = async () => (await exhibition.locator(".stat strong").allTextContents()).join("|");
    const before = await votes();
    await page.getByRole("button", { name: "Terrible" }).click();
    const begun = performance.now();
    await until(async () => (await votes()) !== before);
    assert.ok(performance.now() - begun < 3_000, `${performance.now() - begun} ms`);
    await exhibition.context().close();
    await done(page);
  });

  test("what_is_pressed_while_the_museum_is_closed_is_called_refused_and_why", async () => {
    const hours = (opens, closes) =>
      museum.run([
        "museums",
        "change",
        "LMNH",
        "--opens",
        opens,
        "--closes",
        closes,
        "--database",
        `${museum.directory}/demo.db`,
      ]);
    const now = new Date().getUTCHours() < 12 ? ["20:00", "21:00"] : ["04:00", "05:00"];
    const { opens, closes } = await ask("/kiosk/museum");
    hours(...now);
    try {
      await until(async () => !(await ask("/kiosk/museum")).open);
      const page = await open("/kiosk?exhibition=EXH_02");
      assert.match(
        await page.locator(".closed").textContent(),
        /^The museum is closed at this hour\. It is open from /,
      );
      // The consumer reads the museum's hours again within a few seconds.
      await until(async () => {
        await page.getByRole("button", { name: "Amazing" }).click();
        await page.locator('.newest:not([data-state="sending"]):not([data-state="waiting"])').waitFor();
        return (await page.locator('.newest[data-state="refused"]').count()) === 1;
      });
      assert.match(
        await page.locator(".newest .fate-said").textContent(),
        /^Refused: pressed while the museum was closed \(.+\)\. It is kept in quarantine as lmnh:\d+@\d+\.$/,
      );
      assert.equal(await page.locator(".newest .message").count(), 1);
      await picture(page, "kiosk-refused");
      await done(page);
    } finally {
      hours(opens, closes);
      const page = await open("/kiosk?exhibition=EXH_02");
      await until(async () => {
        await page.getByRole("button", { name: "Amazing" }).click();
        await page.locator('.newest:not([data-state="sending"]):not([data-state="waiting"])').waitFor();
        return (await stored(page).count()) === 1;
      });
      await page.context().close();
    }
  });

  test("no_press_is_called_stored_while_the_database_does_not_say_so", async () => {
    const page = await open("/kiosk");
    await page.route("**/kiosk/presses/*/*", route => route.abort());
    await page.getByRole("button", { name: "Bad", exact: true }).click();
    await page.locator('.newest[data-state="late"]').waitFor();
    assert.match(await page.locator(".newest .fate-said").textContent(), /the database does not have it yet/);
    await page.unroute("**/kiosk/presses/*/*");
    await stored(page).waitFor();
    await page.route("**/kiosk/presses", route => route.abort());
    await page.getByRole("button", { name: "Bad", exact: true }).click();
    await page.locator('.newest[data-state="failed"]').waitFor();
    assert.match(await page.locator(".newest .fate-said").textContent(), /^Not stored: The server does not answer/);
    await page.context().close();
  });

  test("a_form_of_another_site_presses_nothing_and_neither_does_what_is_no_button", async () => {
    const press = async (body, headers = json) =>
      (await fetch(`${address}/kiosk/presses`, { method: "POST", headers, body: JSON.stringify(body) })).status;
    const good = { exhibition: "EXH_00", rating: 4 };
    assert.equal(await press(good, { "Content-Type": "application/json" }), 403);
    assert.equal(await press(good, { ...json, Origin: "https://evil.example" }), 403);
    for (const bad of [
      {},
      { exhibition: "EXH_99", rating: 4 },
      { exhibition: "EXH_00" },
      { exhibition: "EXH_00", rating: 5 },
      { exhibition: "EXH_00", rating: -1 },
      { exhibition: "EXH_00", rating: 1, help: 1 },
      { exhibition: "EXH_00", help: 2 },
    ])
      assert.equal(await press(bad), 400, JSON.stringify(bad));
    assert.equal(await press(good), 200);
  });

  test("it_is_pressed_with_the_keyboard", async () => {
    const page = await open("/kiosk?exhibition=EXH_02");
    const reached = [];
    for (let at = 0; at < 9; at++) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(() => document.activeElement.textContent.trim().split(",")[0]));
    }
    assert.deepEqual(reached.slice(2), ["Terrible", "Bad", "Neutral", "Good", "Amazing", "Assistance", "Emergency"]);
    await page.getByLabel("You are leaving").selectOption("EXH_01");
    assert.match(page.url(), /exhibition=EXH_01$/);
    await page.getByRole("button", { name: "Assistance" }).focus();
    await page.keyboard.press("Space");
    await stored(page).waitFor();
    await done(page);
  });

  for (const [name, viewport, smallest] of [
    ["phone", { width: 390, height: 844 }, 64],
    ["tablet", { width: 1024, height: 768 }, 96],
    ["tablet-standing", { width: 768, height: 1024 }, 96],
  ])
    for (const colorScheme of ["light", "dark"])
      test(`it_is_accessible_and_fits_${name}_${colorScheme}`, async () => {
        const page = await open("/kiosk?exhibition=EXH_03", { viewport, colorScheme });
        assert.deepEqual(await axeFinds(page), []);
        await page.getByRole("button", { name: "Amazing" }).click();
        await stored(page).waitFor();
        await page.getByRole("button", { name: "Assistance" }).click();
        await page.locator(".fate").nth(1).waitFor();
        await stored(page).waitFor();
        assert.deepEqual(await axeFinds(page), []);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), viewport.width);
        for (const face of await page.locator(".face-button").all()) {
          const { width, height } = await face.boundingBox();
          assert.ok(width >= smallest && height >= smallest, `${width}x${height}`);
        }
        // All of the buttons are on the screen, without scrolling.
        const call = await page.getByRole("button", { name: "Emergency" }).boundingBox();
        assert.ok(call.y + call.height <= viewport.height && call.height >= 64);
        await picture(page, `kiosk-${name}-${colorScheme}`);
        await done(page);
      });
});
