// The museum as a building: its floors, as schemes and as pictures.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { axeFinds, launch, options, picture, settled, tab, visit } from "./browser.js";
import { Museum, until } from "./museum.js";

const plan = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 560" onload="document.title='owned'">
  <script>document.title = "owned"</script>
  <rect width="1200" height="560" fill="#fbfaf7"/>
  <path d="M40 40h1120v480H40z M440 40v180 M440 320v200 M800 40v120 M800 260v260" fill="none" stroke="#4a4a45"
    stroke-width="6"/>
  <g font-family="sans-serif" font-size="26" fill="#777"><text x="70" y="90">Entrance</text>
    <text x="470" y="90">Hall</text><text x="830" y="90">East wing</text></g>
</svg>`;

describe("the floors", options, () => {
  let museum, browser, placed;
  before(async () => {
    museum = await Museum.open();
    browser = await launch();
    const { floors } = await museum.api("/floor-plan?range=all");
    // A floor with several exhibitions, of which one stays without a place.
    const floor = floors.find(one => one.exhibitions.length > 1);
    placed = { floor: floor.floor, rating: floor.exhibitions[0].rating };
    writeFileSync(join(museum.directory, "plan.svg"), plan);
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
  const drawn = () => {
    const run = (...words) => museum.run(["museums", "floor-plan", ...words, "--target", "embedded"]);
    run("set", placed.floor, join(museum.directory, "plan.svg"));
    run("place", placed.rating.publicId, "0.8,0.3");
  };

  test("without_a_picture_each_floor_is_a_scheme_one_click_from_ratings_and_safety", async () => {
    const { floors } = await museum.api("/floor-plan?range=all");
    for (const from of ["ratings", "safety"]) {
      const page = await open(`/${from}?range=all`);
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Floors" }).click();
      await settled(page);
      assert.deepEqual(
        await page.locator(".storey h3").allTextContents(),
        floors.map(({ floor }) => (/^\d+$/.test(floor) ? `Floor ${floor}` : floor)),
      );
      assert.equal(await page.locator(".room").count(), floors.flatMap(one => one.exhibitions).length);
      await done(page);
    }
  });

  test("an_exhibition_leads_to_its_own_page", async () => {
    const page = await open("/floors?range=all");
    await page.locator(".room", { hasText: placed.rating.name }).click();
    await page.waitForURL(/\/exhibition\?/);
    await settled(page);
    assert.match(await page.textContent("h1"), new RegExp(`^${placed.rating.name}`));
    await done(page);
  });

  test("a_call_appears_where_somebody_waits_by_icon_word_and_colour_and_goes_when_it_is_resolved", async () => {
    const page = await open("/floors?range=all&colour=calls");
    await page.locator('#live[data-connection="live"]').waitFor();
    const room = page.locator(".room", { hasText: placed.rating.name });
    await room.locator(".pill", { hasText: "No open call" }).waitFor();
    assert.equal(await room.getAttribute("data-tone"), "none");
    const begun = performance.now();
    await museum.help(placed.rating.site, 1);
    await room.locator(".pill.bad", { hasText: "Emergency open" }).waitFor();
    assert.ok(performance.now() - begun < 2_000, `${performance.now() - begun} ms`);
    assert.equal(await room.getAttribute("data-tone"), "alarm");
    assert.equal(await room.locator(".pill.bad svg").count(), 1);
    // It stands there when colours mean ratings, too.
    await page.getByRole("button", { name: "Ratings", exact: true }).click();
    await room.locator(".pill.bad", { hasText: "Emergency open" }).waitFor();
    assert.match(await page.textContent("h1"), /open$/);
    const act = async action => {
      const { presses } = await museum.api("/help?limit=20");
      const call = presses.find(press => press.live && press.exhibition?.publicId === placed.rating.publicId);
      await fetch(`${museum.address}/api/v1/help/act`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Museum": "1" },
        body: JSON.stringify({ ids: [call.id], action, act: `floors-${action}`, name: "Kay" }),
      });
    };
    await act("acknowledge");
    await room.locator(".pill", { hasText: "on the way" }).waitFor();
    await act("resolve");
    await until(async () => (await room.locator(".pill", { hasText: /open|on the way/ }).count()) === 0);
    await done(page);
  });

  test("a_picture_is_shown_with_its_exhibitions_and_runs_nothing", async () => {
    drawn();
    const page = await open("/floors?range=all");
    const image = page.locator(".plan img");
    await until(() => image.evaluate(one => one.complete && one.naturalWidth > 0));
    const pin = page.locator(".pin");
    assert.equal(await pin.count(), 1);
    // In one look: it is drawn again when presses arrive.
    const [area, dot, all] = await page.evaluate(() =>
      [".plan img", ".pin .dot", ".pin"].map(one => document.querySelector(one).getBoundingClientRect().toJSON()),
    );
    assert.ok(Math.abs(dot.x + dot.width / 2 - (area.x + 0.8 * area.width)) < 3);
    assert.ok(Math.abs(dot.y + dot.height / 2 - (area.y + 0.3 * area.height)) < 3);
    assert.ok(all.x >= area.x && all.x + all.width <= area.x + area.width + 1);
    assert.doesNotMatch(await page.title(), /owned/);
    await pin.click();
    await page.waitForURL(/\/exhibition\?/);
    await settled(page);

    // Nor does it run when somebody opens its address.
    const alone = await tab(browser);
    await alone.goto(`${museum.address}/api/v1/floor-plan/picture?floor=${placed.floor}`);
    assert.equal(await alone.evaluate(() => document.documentElement.hasAttribute("onload")), false);
    assert.equal(await alone.locator("script").count(), 0);
    assert.equal(await alone.title(), "");
    await alone.context().close();
    await done(page);
  });

  test("the_same_is_a_table", async () => {
    const page = await open("/floors?range=all");
    await page.getByRole("button", { name: /show as table/ }).click();
    const { floors } = await museum.api("/floor-plan?range=all");
    assert.equal(await page.locator("tbody tr").count(), floors.flatMap(one => one.exhibitions).length);
    await done(page);
  });

  for (const [name, more] of [
    ["light", {}],
    ["dark", { colorScheme: "dark" }],
    ["phone", { viewport: { width: 390, height: 844 } }],
  ])
    for (const colour of ["", "calls"])
      test(`it_is_accessible_${name}_${colour || "ratings"}`, async () => {
        drawn();
        const page = await open(`/floors?range=all${colour && `&colour=${colour}`}`, more);
        assert.deepEqual(await axeFinds(page), []);
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= (more.viewport?.width ?? 1280));
        const small = await page.evaluate(() =>
          [...document.querySelectorAll("a, button, summary")]
            .map(element => [element.getBoundingClientRect(), element.textContent])
            .filter(([box]) => box.width > 1 && (box.width < 24 || box.height < 24))
            .map(([box, text]) => `${text} ${box.width}x${box.height}`),
        );
        assert.deepEqual(small, []);
        await picture(page, `floors-${name}-${colour || "ratings"}`);
        await done(page);
      });
});
