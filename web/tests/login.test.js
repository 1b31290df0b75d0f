import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeFinds, launch, options, picture, settled, tab } from "./browser.js";
import { Museum } from "./museum.js";

const password = "correct horse battery staple";

describe("login", options, () => {
  let museum, browser;
  before(async () => {
    // A provider that is down: nothing listens on port 9.
    const before = museum =>
      Object.assign(museum.environment, {
        MUSEUM_OIDC_AUTHORITY: "http://127.0.0.1:9/",
        MUSEUM_OIDC_CLIENT_ID: "museum",
      });
    museum = await Museum.open({ users: { vera: "viewer", sam: "security" }, password, before });
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await museum?.close();
  });

  const enter = async (page, name, word = password) => {
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(word);
    await page.getByRole("button", { name: "Sign in" }).click();
  };

  test("an_anonymous_visitor_gets_the_login_and_then_the_page_that_was_wanted", async () => {
    const page = await tab(browser);
    await page.goto(`${museum.address}/safety?range=all`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.deepEqual(await axeFinds(page), []);
    await picture(page, "login", false);
    await enter(page, "sam", "not this one");
    await page.getByRole("alert").filter({ hasText: "The name or the password is wrong." }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.name), "password");
    await enter(page, "sam");
    await page.waitForURL(/\/safety\?range=all$/);
    await settled(page);
    assert.match(await page.textContent(".account"), /sam/);
    await museum.help(2, 1);
    await page.locator(".alert").getByRole("button", { name: "On my way" }).click();
    assert.equal(await page.getByLabel("Your name").count(), 0);
    await page.locator("dialog .primary").click();
    await page.locator("#feed .press.acknowledged", { hasText: "sam" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.deepEqual(
      page.complaints.filter(complaint => !/status of 401/.test(complaint)),
      [],
    );
    await page.context().close();
  });

  test("a_viewer_is_offered_nothing_to_change", async () => {
    const page = await tab(browser);
    await page.goto(`${museum.address}/login?next=${encodeURIComponent("/safety")}`);
    await enter(page, "vera");
    await page.waitForURL(/\/safety$/);
    await settled(page);
    await museum.help(3, 0);
    await page.locator("#feed .press.open", { hasText: "Night Gardens" }).waitFor();
    assert.equal(await page.getByRole("button", { name: /On my way|Resolve|Reopen|Several/ }).count(), 0);
    await page.getByRole("link", { name: "Data health" }).click();
    await settled(page);
    assert.equal(await page.locator("#replay, #audit").count(), 0);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  test("the_login_redirects_to_no_other_site", async () => {
    const page = await tab(browser);
    await page.goto(`${museum.address}/login?next=${encodeURIComponent("//evil.example/")}`);
    await enter(page, "vera");
    await page.waitForURL(url => url.pathname !== "/login");
    assert.ok(page.url().startsWith(museum.address), page.url());
    await page.context().close();
  });

  test("errors_at_the_provider_are_shown_on_the_login_page", async () => {
    const page = await tab(browser);
    await page.goto(`${museum.address}/safety`);
    await page.getByRole("link", { name: "Sign in with your organisation" }).click();
    await page
      .getByRole("alert")
      .filter({ hasText: "Your organisation's sign-in does not work at the moment." })
      .waitFor();
    assert.deepEqual(await axeFinds(page), []);
    await picture(page, "login-provider", false);
    await page.goto(`${museum.address}/login?problem=no-role`);
    await page.getByRole("alert").filter({ hasText: "gave you no role here" }).waitFor();
    await page.goto(`${museum.address}/login?problem=constructor`);
    assert.equal(await page.textContent("#problem"), "");
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
});
