// The alert stays in sight, newest first, whatever else happens; and every action is recorded once, or its author knows
// that it was not.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import {
  axeFinds,
  countShifts,
  launch,
  options,
  picture,
  settled,
  shifts,
  slow,
  still,
  tab,
  visit,
  watched,
} from "./browser.js";
import { Museum, until } from "./museum.js";

const names = [
  "Tides and Teeth",
  "The Beetle Vault",
  "Fire Below",
  "Night Gardens",
  "What the River Kept",
  "Ice Age Neighbours",
];

const devices = {
  desktop: { width: 1280, height: 900 },
  tablet: { width: 820, height: 1180 },
  phone: { width: 360, height: 740 },
};

/**
 * No row of a list or table reaches below the edge of a screen that nobody can scroll: then the names of the ranking's
 * rows in sight, if there are so many, read in the same moment, as a page may be drawn again at any other.
 */
const isWhole = (least = 0) => {
  const inSight = [...document.querySelectorAll(".alert, .press, .incident, main tbody tr")].filter(row =>
    row.checkVisibility(),
  );
  const ranked = inSight.filter(row => row.matches(".ranking *")).map(row => row.querySelector("th bdi").textContent);
  return ranked.length >= least && inSight.every(row => row.getBoundingClientRect().bottom <= innerHeight) && ranked;
};

/** In time for a promise of five seconds, on a machine that may be busy with other things. */
const promised = 10_000;

describe("safety", { ...options, timeout: 600_000 }, () => {
  let museum, browser;
  before(async () => {
    museum = await Museum.open();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await museum?.close();
  });

  const isLive = page => page.locator('#live[data-connection="live"]').waitFor();
  const open = async (path, more) => {
    const page = await tab(browser, more);
    await visit(page, museum.address + path);
    await isLive(page);
    return page;
  };
  const done = async page => {
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  };
  const waiting = async () => (await museum.api("/help?state=open&limit=1")).open;
  const inSight = () => {
    const box = document.querySelector(".alerts").getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
  };
  const act = (ids, action, more = {}) =>
    fetch(`${museum.address}/api/v1/help/act`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Museum": "1" },
      body: JSON.stringify({ ids, action, name: "Kay", ...more }),
    }).then(response => response.json());
  /** Leaves nothing to the next test. */
  const resolveAll = async () => {
    for (;;) {
      const { presses } = await museum.api("/help?limit=500");
      const left = presses.filter(press => press.live && ["open", "acknowledged"].includes(press.state));
      if (left.length === 0) return;
      await act(
        left.map(press => press.id),
        "resolve",
        { act: `all-${Math.random()}` },
      );
    }
  };
  beforeEach(resolveAll);

  for (const [device, viewport] of Object.entries(devices)) {
    test(`an_emergency_stays_in_sight_at_any_scroll_position_on_a_${device}`, async () => {
      const page = await open("/ratings?range=all", { viewport, hasTouch: device !== "desktop" });
      await museum.help(2, 1);
      await page.locator(".alert", { hasText: names[2] }).waitFor();
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      await page.waitForFunction(inSight);
      await museum.help(3, 1);
      await page.locator(".alert", { hasText: names[3] }).waitFor();
      assert.match(await page.locator(".alert").first().textContent(), /Night Gardens/, "the newest is the first");
      await page.waitForFunction(inSight);
      await settled(page);
      assert.deepEqual(await axeFinds(page), []);
      await picture(page, `scrolled-${device}`, false);
      await done(page);
    });

    for (const reducedMotion of ["no-preference", "reduce"]) {
      const motion = reducedMotion === "reduce" ? "without_motion" : "with_motion";
      test(`one_emergency_and_six_at_once_shift_no_page_by_more_than_a_twentieth_on_a_${device}_${motion}`, async () => {
        // On the page without a list only the bar pushes, and it pushes the same.
        for (const path of reducedMotion === "reduce" ? ["ratings", "safety"] : ["safety"]) {
          const page = await tab(browser, { viewport, reducedMotion, hasTouch: device !== "desktop" });
          await countShifts(page);
          await visit(page, `${museum.address}/${path}?range=all`);
          await isLive(page);
          let emergencies = 0;
          for (const sites of [[2], [...names.keys()]]) {
            await shifts(page);
            const numbers = page.waitForResponse(new RegExp(`/api/v1/${path}\\?`));
            await Promise.all(sites.map(site => museum.help(site, 1)));
            emergencies += sites.length;
            await page.locator(".alert-count", { hasText: new RegExp(`^${emergencies} `) }).waitFor();
            // The page reads its numbers again, which must move nothing either.
            await numbers;
            await settled(page);
            const { sum, what } = await shifts(page);
            assert.ok(sum <= 0.05, `${path}, ${sites.length} at once: layout shift ${sum}: ${what}`);
          }
          await resolveAll();
          await page.locator(".alerts").waitFor({ state: "hidden" });
          const { sum, what } = await shifts(page);
          assert.ok(sum <= 0.05, `${path}, all resolved: layout shift ${sum}: ${what}`);
          await done(page);
        }
      });
    }
  }

  test("twenty_one_emergencies_are_grouped_by_exhibition_with_the_newest_first_and_none_is_cut", async () => {
    for (let call = 0; call < 20; call++) await museum.help(call % 5, 1);
    const page = await open("/ratings?range=all");
    await page.locator(".alert-count", { hasText: "20 emergencies" }).waitFor();
    await museum.help(5, 1);
    await page.locator(".alert-count", { hasText: "21 emergencies" }).waitFor();
    const groups = await page.locator(".alert").allTextContents();
    assert.equal(groups.length, 6);
    assert.match(groups[0], /Ice Age Neighbours/);
    assert.match(
      groups.find(text => text.includes("Fire Below")),
      /Fire Below.*4,.*newest/,
    );
    const cut = () =>
      page.evaluate(
        () =>
          [...document.querySelectorAll(".alert")].filter(alert => {
            const box = alert.getBoundingClientRect();
            return box.bottom > innerHeight || box.right > innerWidth + 1;
          }).length,
      );
    assert.equal(await cut(), 0);
    await settled(page);
    assert.deepEqual(await axeFinds(page), []);
    await picture(page, "twenty-one", false);
    for (const [name, width, height] of [
      ["1080p", 1920, 1080],
      ["4k", 3840, 2160],
    ]) {
      const wall = await open("/safety?tv=1", { viewport: { width, height } });
      await wall.locator(".alert-count", { hasText: "21 emergencies" }).waitFor();
      await wall.waitForFunction(isWhole);
      await picture(wall, `wall-${name}`, false);
      const before = await wall.locator(".alert").first().textContent();
      await museum.help(name === "4k" ? 0 : 1, 1);
      await wall.waitForFunction(text => document.querySelector(".alert")?.textContent !== text, before);
      await done(wall);
      await act(
        (await museum.api("/help?limit=1")).presses.map(press => press.id),
        "resolve",
        { act: `wall-${name}` },
      );
    }
    const desk = await open("/safety?range=all", { viewport: { width: 3840, height: 2160 } });
    assert.ok(
      (await desk.evaluate(() => document.querySelector("main .page").getBoundingClientRect().width)) > 2_400,
      "a large screen is used",
    );
    await picture(desk, "desk-4k", false);
    await done(desk);
    // All calls of one kiosk at once.
    await page
      .locator(".alert", { hasText: "Fire Below" })
      .getByRole("button", { name: /On my way to all \d/ })
      .click();
    await page.getByLabel("Your name").fill("Ines");
    await page.locator("dialog .primary").click();
    await page.locator(".alert", { hasText: "Fire Below" }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Safety" }).click();
    await page.locator("#several summary").click();
    await page.getByLabel("Calls of").selectOption("Night Gardens");
    await page.locator("#several").getByText("4 calls.").waitFor();
    await page.getByLabel("Which").selectOption({ label: "older than an hour" });
    await page.locator("#several").getByText("No such call is waiting.").waitFor();
    await page.getByLabel("Which").selectOption({ label: "of any age" });
    assert.deepEqual(await axeFinds(page), []);
    await picture(page, "several", false);
    await page.locator("#several").getByRole("button", { name: "Resolve" }).click();
    await page.getByLabel("What was it?").selectOption("Pressed by mistake");
    await page.locator("dialog .primary").click();
    await page.waitForFunction(() => document.querySelectorAll("#feed .press.resolved").length >= 4);
    await resolveAll();
    await done(page);
  });

  for (const [name, viewport] of [
    ["1080p", { width: 1920, height: 1080 }],
    ["4k", { width: 3840, height: 2160 }],
  ]) {
    test(`no_page_cuts_a_row_on_a_wall_screen_of_${name}_during_an_emergency_either`, async () => {
      for (const path of ["ratings", "safety", "data"]) {
        const wall = await open(`/${path}?tv=1&range=all`, { viewport });
        await wall.waitForFunction(isWhole);
        await museum.help(2, 1);
        await wall.locator(".alert", { hasText: names[2] }).waitFor();
        await wall.waitForFunction(isWhole);
        await picture(wall, `wall-${name}-${path}`, false);
        await resolveAll();
        await done(wall);
      }
    });
  }

  test("a_wall_screen_too_small_for_a_table_shows_its_rows_in_turn_and_cuts_none", async () => {
    const wall = await tab(browser, { viewport: { width: 1280, height: 640 } });
    await wall.clock.install();
    await visit(wall, `${museum.address}/ratings?tv=1&range=all`);
    const { exhibitions } = await museum.api("/ratings?range=all");
    const seen = new Set();
    // On a slow machine turns pass by themselves as well: each row has its turn, however many that takes.
    for (let turn = 0; seen.size < exhibitions.length; turn++) {
      const now = await (await wall.waitForFunction(isWhole, 1)).jsonValue();
      assert.ok(now.length < exhibitions.length, `${now.length} rows at once`);
      now.forEach(name => seen.add(name));
      assert.ok(turn < 60, `not seen: ${exhibitions.map(each => each.name).filter(name => !seen.has(name))}`);
      await picture(wall, `wall-turn-${turn}`, false);
      await wall.clock.runFor(10_000);
    }
    await wall.context().close();
  });

  test("the_sound_setting_is_remembered_and_the_page_says_when_the_browser_needs_a_click", async () => {
    const first = await open("/safety");
    await first.getByRole("button", { name: "Turn sound on" }).click();
    await first.getByRole("button", { name: "Sound is on" }).waitFor();
    // A tab of its own: where a page is only loaded again, the browser may let the click of before count.
    const page = watched(await first.context().newPage());
    await page.goto(first.url());
    await first.close();
    // The driver asks a page for things as if with a user's gesture, after which the browser lets it make sounds: so
    // this question is asked without one, and before any other.
    const devtools = await page.context().newCDPSession(page);
    const expression = 'document.querySelector(".sound")?.textContent';
    const says = async () => (await devtools.send("Runtime.evaluate", { expression, userGesture: false })).result.value;
    await until(async () => (await says()) === "Click once for sound");
    await isLive(page);
    await picture(page, "sound-waits", false);
    await page.locator("h1").click();
    await page.getByRole("button", { name: "Sound is on" }).waitFor();
    await page.getByRole("button", { name: "Sound is on" }).click();
    await page.getByRole("button", { name: "Turn sound on" }).waitFor();
    await page.reload();
    await isLive(page);
    await page.getByRole("button", { name: "Turn sound on" }).waitFor();
    await done(page);
  });

  test("the_dialog_says_that_somebody_was_quicker_while_it_is_open_and_when_it_is_sent", async () => {
    await museum.help(4, 1);
    const [one, other] = [await open("/safety"), await open("/safety")];
    for (const [page, name] of [
      [one, "Ines"],
      [other, "Tom"],
    ]) {
      await page.locator(".alert", { hasText: names[4] }).getByRole("button").click();
      await page.getByLabel("Your name").fill(name);
    }
    await one.locator("dialog .primary").click();
    await one.locator("dialog:not(.evidence)").waitFor({ state: "hidden" });
    await other.locator(".quicker", { hasText: /^Somebody was quicker: Ines, \d\d:\d\d:\d\d\.$/ }).waitFor();
    await other.locator("dialog .primary").click();
    await other.locator("dialog .problem", { hasText: "not recorded: Ines is on the way already." }).waitFor();
    await picture(other, "quicker", false);
    assert.deepEqual(await axeFinds(other), []);
    await other.getByRole("button", { name: "Cancel" }).click();
    const { presses } = await museum.api("/help?limit=1");
    assert.deepEqual(
      presses[0].actions.map(action => [action.action, action.who]),
      [["take", "Ines"]],
    );
    await resolveAll();
    await done(one);
    await done(other);
  });

  test("two_people_on_slow_lines_act_on_the_same_calls_and_each_action_is_recorded_once", async () => {
    for (let call = 0; call < 12; call++) await museum.help(1, 0);
    await until(async () => (await waiting()) >= 12);
    const pages = [await open("/safety"), await open("/safety")];
    for (const page of pages) {
      await page.waitForFunction(() => document.querySelectorAll("#open .incident").length >= 8);
      const line = await page.context().newCDPSession(page);
      await line.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 1_000,
        downloadThroughput: 50_000,
        uploadThroughput: 50_000,
      });
      await page.locator("#several summary").click();
      await page.getByLabel("Calls of").selectOption(names[1]);
      await page.locator("#several").getByRole("button", { name: "On my way" }).click();
    }
    for (const [at, page] of pages.entries()) await page.getByLabel("Your name").fill(["Ines", "Tom"][at]);
    const begun = performance.now();
    await Promise.all(pages.map(page => page.locator("dialog .primary").click()));
    // One dialog closes; the other says who was quicker. On such a slow line each answers within five seconds, or says
    // that the outcome is unknown.
    await Promise.all(
      pages.map(page =>
        page.waitForFunction(
          () => !document.querySelector("dialog[open]") || document.querySelector("dialog .problem").textContent !== "",
        ),
      ),
    );
    assert.ok(performance.now() - begun < promised, `${performance.now() - begun} ms`);
    const told = await Promise.all(
      pages.map(page =>
        page.evaluate(() => document.querySelector("dialog[open] .problem")?.textContent ?? "recorded"),
      ),
    );
    const { presses } = await museum.api("/help?limit=200");
    const acted = presses.filter(press => press.state === "acknowledged");
    assert.equal(acted.length, 12);
    assert.ok(
      acted.every(press => press.actions.length === 1),
      "each once",
    );
    const winners = new Set(acted.map(press => press.acknowledgedBy));
    assert.equal(told.filter(text => text === "recorded").length, winners.size === 1 ? 1 : 0, told.join(" | "));
    await act(
      acted.map(press => press.id),
      "resolve",
      { act: "slow" },
    );
    for (const page of pages) await page.context().close();
  });

  test("an_action_during_a_restart_of_the_server_is_sent_again_and_counts_once", async () => {
    await museum.help(0, 1);
    const page = await open("/safety");
    await page.locator(".alert", { hasText: names[0] }).getByRole("button").click();
    await page.getByLabel("Your name").fill("Ines");
    museum.server.child.kill("SIGSTOP");
    const begun = performance.now();
    await page.locator("dialog .primary").click();
    await page
      .locator("dialog .problem", {
        hasText: "It is not known yet whether this was recorded. Send it again: it counts once.",
      })
      .waitFor();
    assert.ok(performance.now() - begun < promised, `says why after ${performance.now() - begun} ms`);
    await picture(page, "send-again", false);
    museum.server.child.kill("SIGCONT");
    await museum.server.stop();
    await museum.serve();
    await page.getByRole("button", { name: "Send again" }).click();
    await page.locator("dialog:not(.evidence)").waitFor({ state: "hidden" });
    const press = (await museum.api("/help?limit=50")).presses.find(
      one => one.exhibition?.name === names[0] && one.actions.length > 0 && one.state === "acknowledged",
    );
    assert.deepEqual(
      press.actions.map(action => [action.action, action.who]),
      [["take", "Ines"]],
    );
    await act([press.id], "resolve", { act: "restart" });
    await page.context().close();
  });

  test("two_in_bulk_on_a_slow_line_while_the_server_dies_each_know_what_became_of_it", async () => {
    const many = 8;
    for (let call = 0; call < many; call++) await museum.help(3, 0);
    await until(async () => (await waiting()) >= many);
    const people = ["Ines", "Tom"];
    const pages = [await open("/safety"), await open("/safety")];
    for (const [at, page] of pages.entries()) {
      await page.waitForFunction(() => document.querySelectorAll("#open .incident").length >= 8);
      await slow(page, { latency: 1_000, bytes: 50_000, cpu: 1 });
      await page.locator("#several summary").click();
      await page.getByLabel("Calls of").selectOption(names[3]);
      await page.locator("#several").getByRole("button", { name: "On my way" }).click();
      await page.getByLabel("Your name").fill(people[at]);
    }
    await Promise.all(pages.map(page => page.locator("dialog .primary").click()));
    // One was recorded, and its answer is still under way.
    await until(async () => (await museum.api("/help?limit=200")).presses.some(one => one.state === "acknowledged"));
    museum.server.child.kill("SIGKILL");
    await museum.server.ended;
    await museum.serve();
    const told = await Promise.all(
      pages.map(async page => {
        for (;;) {
          await page.waitForFunction(
            () =>
              !document.querySelector("dialog[open]") || document.querySelector("dialog .problem").textContent !== "",
          );
          const said = await page.evaluate(
            () => document.querySelector("dialog[open] .problem")?.textContent ?? "recorded",
          );
          if (!said.includes("Send it again")) return said;
          await page.getByRole("button", { name: "Send again" }).click();
        }
      }),
    );
    const acted = (await museum.api("/help?limit=200")).presses.filter(press => press.state === "acknowledged");
    assert.equal(acted.length, many);
    assert.ok(
      acted.every(press => press.actions.length === 1),
      "each once",
    );
    for (const [at, person] of people.entries()) {
      const mine = acted.filter(press => press.acknowledgedBy === person).length;
      const other = people[1 - at];
      if (told[at] === "recorded") assert.equal(mine, many, `${person}: ${told.join(" | ")}`);
      else
        assert.ok(mine < many && told[at].includes(`${other} is on the way already`), `${person}: ${told.join(" | ")}`);
    }
    for (const page of pages) await page.context().close();
  });

  test("presses_from_the_future_are_not_at_the_top_of_the_feed", async () => {
    const page = await open("/safety");
    await museum.press({ at: new Date(Date.now() + 86_400_000 * 400).toISOString(), site: "3", val: -1, type: 0 });
    const row = page.locator("#feed .press", { hasText: "the kiosk's clock says" }).first();
    await row.waitFor();
    const received = await row.locator("time").first().getAttribute("datetime");
    assert.ok(Date.parse(received) <= Date.now() + 1_000, received);
    await museum.help(1, 0);
    await page.locator("#feed .press").first().filter({ hasText: names[1] }).waitFor();
    await resolveAll();
    await done(page);
  });

  for (const path of ["ratings", "safety", "data", "exhibition", "all"]) {
    test(`${path}_printed_fits_the_width_of_A4`, async () => {
      // A4 less its margins, at 96 dots an inch.
      const page = await open(`/${path}?range=all${path === "exhibition" ? "&exhibition=EXH_01" : ""}`, {
        viewport: { width: 703, height: 1000 },
        colorScheme: "dark",
      });
      await page.emulateMedia({ media: "print" });
      await page.waitForFunction(
        () => getComputedStyle(document.body).backgroundColor === "rgb(255, 255, 255)",
        undefined,
        { polling: 100 },
      );
      await still(page);
      const wide = await page.evaluate(() =>
        [...document.querySelectorAll("main *")]
          .filter(
            element =>
              element.checkVisibility() &&
              !element.closest("svg") &&
              element.getBoundingClientRect().right > innerWidth + 1,
          )
          .map(element => `${element.tagName}.${element.className} ${element.getBoundingClientRect().right}`)
          .slice(0, 5),
      );
      assert.deepEqual(wide, []);
      assert.equal(
        await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
        "rgb(255, 255, 255)",
        "no ink for a dark page",
      );
      const letters = await page
        .locator(".canvas svg text")
        .evaluateAll(texts =>
          texts.map(text => getComputedStyle(text).fill.match(/\d+/g)?.slice(0, 3).map(Number) ?? []),
        );
      // Neither the ink nor the muted grey of the dark theme.
      assert.ok(["data", "all"].includes(path) || letters.length > 0);
      assert.ok(
        letters.every(([red]) => red !== 0xb0 && red !== 0xf0),
        "letters for paper",
      );
      if (process.env.MUSEUM_PICTURES)
        await page.pdf({
          path: `${process.env.MUSEUM_PICTURES}/${path}.pdf`,
          format: "A4",
          preferCSSPageSize: true,
          printBackground: true,
        });
      await page.context().close();
    });
  }

  for (const path of ["ratings", "safety", "exhibition"]) {
    test(`${path}_printed_from_a_wide_window_has_its_charts_and_numbers_whole`, async () => {
      const page = await tab(browser);
      // Whoever prints lays the page out anew, but nothing on it is told: what is drawn stays as it was drawn.
      await page.addInitScript(() => {
        window.ResizeObserver = class {
          observe() {}
          unobserve() {}
          disconnect() {}
        };
      });
      await visit(page, `${museum.address}/${path}?range=all${path === "exhibition" ? "&exhibition=EXH_01" : ""}`);
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize({ width: 703, height: 1000 });
      await still(page);
      const cut = await page.locator(".canvas svg").evaluateAll(all =>
        all
          .map(svg => ({
            chart: svg.closest(".figure").id,
            box: svg.getBoundingClientRect(),
            text: [...svg.querySelectorAll("text")].map(text => text.getBoundingClientRect().right),
          }))
          .filter(
            ({ box, text }) =>
              box.right > innerWidth || text.some(right => right > innerWidth || right > box.right + 1),
          )
          .map(({ chart, box }) => `${chart}: ${box.left} to ${box.right}`),
      );
      assert.deepEqual(cut, []);
      const overlap = await page.locator(".figure").evaluateAll(all =>
        all
          .map(figure => [figure.id, figure.getBoundingClientRect()])
          .filter(([, { top }], at, boxes) => at > 0 && top < boxes[at - 1][1].bottom - 1)
          .map(([id]) => id),
      );
      assert.deepEqual(overlap, []);
      if (path === "exhibition")
        assert.ok(await page.locator(".stat", { hasText: "Votes" }).locator(".number-link").isVisible());
      if (path === "ratings") assert.ok(await page.locator(".ranking .pill", { hasText: "No data" }).isVisible());
      await page.context().close();
    });
  }
});

describe("two dashboards on one host", options, () => {
  const password = "correct horse battery staple";
  const museums = [];
  let browser;
  before(async () => {
    for (const name of ["vera", "sam"])
      museums.push(await Museum.open({ users: { [name]: "security" }, password, streaming: false }));
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    for (const museum of museums) await museum.close();
  });

  test("a_login_at_one_leaves_the_login_at_the_other_alone", async () => {
    const page = await tab(browser);
    for (const [at, name] of ["vera", "sam", "vera", "sam"].entries()) {
      await page.goto(`http://localhost:${museums[at % 2].port}/safety`);
      if (at < 2) {
        await page.getByLabel("Name").fill(name);
        await page.getByLabel("Password").fill(password);
        await page.getByRole("button", { name: "Sign in" }).click();
      }
      await page.waitForURL(/\/safety/);
      await settled(page);
      assert.match(await page.textContent(".account"), new RegExp(name));
    }
    await picture(page, "two-dashboards", false);
    await page.context().close();
  });
});
