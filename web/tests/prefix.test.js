// Behind a real nginx, with the lines that the documentation has: at the root of a host of its own, and under a path
// beside other things, passed on or taken away.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch, options, picture, settled, tab } from "./browser.js";
import { freePort, Museum, Running, repository, until } from "./museum.js";

const password = "correct horse battery staple";

function withoutNginx() {
  const found = () => spawnSync("nginx", ["-v"]).status === 0;
  const install = "apt-get install -y -qq --no-install-recommends nginx-light";
  if (!found() && process.env.MUSEUM_TEST_INSTALL === "1" && process.getuid() === 0)
    spawnSync("sh", ["-c", `apt-get update -qq; DEBIAN_FRONTEND=noninteractive ${install}`]);
  return found() ? false : "no nginx is installed (Debian: apt-get install nginx-light)";
}

/** The documented lines: those of a host of its own, and those of a path. */
function documented() {
  const text = readFileSync(join(repository, "docs/dashboard.md"), "utf8");
  const blocks = [...text.matchAll(/^```nginx\n([\s\S]*?)^```$/gm)].map(match => match[1]);
  const own = blocks.find(block => block.startsWith("location / {"));
  const under = blocks.find(block => block.startsWith("location /museum/ {"));
  assert.ok(own && under, "docs/dashboard.md has the lines for nginx");
  return { own, under };
}

/** nginx with TLS, a server for each of these: [port, lines]. What the lines leave alone is another application. */
class Nginx {
  directory = mkdtempSync(join(tmpdir(), "museum-nginx-"));

  async run(servers) {
    const at = name => join(this.directory, name);
    const { status, stderr } = spawnSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"].concat([
        ...["-keyout", at("key.pem"), "-out", at("certificate.pem")],
      ]),
      { encoding: "utf8" },
    );
    assert.equal(status, 0, stderr);
    for (const name of ["body", "proxy", "fastcgi", "uwsgi", "scgi"]) mkdirSync(at(name));
    const server = ([port, lines]) => `server {
      listen 127.0.0.1:${port} ssl;
      ssl_certificate ${at("certificate.pem")};
      ssl_certificate_key ${at("key.pem")};
      ${lines.includes("location / {") ? "" : 'location / { return 418 "another application"; }'}
      ${lines}
    }`;
    writeFileSync(
      at("nginx.conf"),
      `daemon off; pid ${at("pid")}; error_log stderr notice;
      ${process.getuid() === 0 ? "user root;" : ""}
      events {}
      http {
        access_log ${at("access.log")};
        client_body_temp_path ${at("body")}; proxy_temp_path ${at("proxy")}; fastcgi_temp_path ${at("fastcgi")};
        uwsgi_temp_path ${at("uwsgi")}; scgi_temp_path ${at("scgi")};
        ${servers.map(server).join("\n")}
      }`,
    );
    this.running = new Running(
      spawn("nginx", ["-e", "stderr", "-c", at("nginx.conf")], { stdio: ["ignore", "pipe", "pipe"] }),
    );
    await this.running.says(/start worker processes/);
  }

  /** What was asked for: method, path and status. */
  asked = () =>
    readFileSync(join(this.directory, "access.log"), "utf8")
      .split("\n")
      .map(line => /"(\w+) (\S+) [^"]*" (\d+)/.exec(line))
      .filter(Boolean)
      .map(([, method, path, status]) => ({ method, path, status: Number(status) }));

  async close() {
    await this.running?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

describe("behind nginx", { ...options, skip: options.skip || withoutNginx() }, () => {
  const nginx = new Nginx();
  const ways = {};
  const servers = [];
  let museum, browser;
  before(async () => {
    museum = await Museum.open({ users: { sam: "security" }, password });
    const { own, under } = documented();
    const lines = [];
    const add = async (name, path, text) => {
      const [port, inside] = [await freePort(), await freePort()];
      ways[name] = { base: path, origin: `https://localhost:${port}`, address: `https://localhost:${port}${path}` };
      const server = museum.start(["serve", "--listen", String(inside), "--target", "embedded"], {
        MUSEUM_BEHIND_PROXY: "true",
        MUSEUM_PUBLIC_URL: ways[name].address,
        // A provider that is down: nothing listens on port 9.
        MUSEUM_OIDC_AUTHORITY: "http://127.0.0.1:9/",
        MUSEUM_OIDC_CLIENT_ID: "museum",
      });
      servers.push(server);
      await server.says(/^dashboard/);
      lines.push([port, text.replace("127.0.0.1:8080", `127.0.0.1:${inside}`)]);
    };
    await add("root", "", own);
    await add("passed", "/museum", under);
    await add("stripped", "/museum", under.replace(/(proxy_pass [^;]+);/, "$1/;"));
    await nginx.run(lines);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await nginx.close();
    for (const server of servers) await server.stop();
    await museum?.close();
  });

  const enter = async page => {
    await page.getByLabel("Name").fill("sam");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  };

  for (const [name, site, place] of [
    ["root", 1, "The Beetle Vault"],
    ["passed", 2, "Fire Below"],
    ["stripped", 3, "Night Gardens"],
  ])
    test(`pages_login_live_events_and_actions_work_${name}`, async () => {
      const { base, origin, address } = ways[name];
      const page = await tab(browser, { ignoreHTTPSErrors: true });
      const wrong = [];
      page.on("response", response => response.status() >= 400 && wrong.push(`${response.status()} ${response.url()}`));
      await page.goto(`${address}/safety?range=all`);
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      assert.equal(page.url(), `${address}/login?next=${encodeURIComponent(`${base}/safety?range=all`)}`);
      await page.getByRole("link", { name: "Sign in with your organisation" }).click();
      await page.getByRole("alert").filter({ hasText: "does not work at the moment" }).waitFor();
      await page.goto(`${address}/login?next=${encodeURIComponent(`${base}/safety?range=all`)}`);
      await enter(page);
      await page.waitForURL(`${address}/safety?range=all`);
      await settled(page);
      await page.locator('#live[data-connection="live"]').waitFor();
      const cookies = await page.context().cookies(`${address}/`);
      assert.deepEqual(
        cookies.map(cookie => [cookie.name.replace(/-\d+$/, ""), cookie.path, cookie.secure]),
        [[base ? "__Secure-museum" : "__Host-museum", base || "/", true]],
      );

      await museum.help(site, 1);
      const alert = page.locator(".alert").filter({ hasText: place });
      await alert.getByRole("button", { name: "On my way" }).click();
      await page.locator("dialog .primary").click();
      await page.locator("#feed .press.acknowledged", { hasText: place }).waitFor();
      await picture(page, `behind-nginx-${name}`, false);

      for (const link of ["Ratings", "Data health", "Safety"]) {
        await page.getByRole("link", { name: link, exact: true }).click();
        await settled(page);
        assert.ok(page.url().startsWith(`${address}/`), page.url());
      }
      await page.reload();
      await settled(page);
      const addresses = await page.evaluate(() =>
        [...document.querySelectorAll("[href], [src]")].map(element => element.href || element.src),
      );
      assert.ok(addresses.length > 10);
      for (const url of addresses) assert.ok(url.startsWith(`${address}/`), url);
      const csv = await page.evaluate(() => document.querySelector('a[href*="format=csv"]').href);
      const file = await page.request.get(csv);
      assert.equal(file.status(), 200);
      assert.match(file.headers()["content-type"], /^text\/csv/);
      const document_ = await (await page.request.get(`${address}/api/v1/openapi.json`)).json();
      assert.deepEqual(document_.servers, [{ url: base || "/" }]);

      await page.goto(address);
      await settled(page);
      assert.ok(page.url().startsWith(`${address}/ratings`), page.url());
      await page.goto(`${address}/account`);
      await page.getByText("sam, security").waitFor();
      await page.goto(`${address}/ratings`);
      await settled(page);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      assert.ok(page.url().startsWith(`${address}/login`), page.url());
      assert.deepEqual(
        wrong.filter(line => !line.startsWith("401 ")),
        [],
      );
      assert.deepEqual(
        page.complaints.filter(complaint => !/status of 401/.test(complaint)),
        [],
      );
      if (base) assert.equal((await page.request.get(`${origin}/`)).status(), 418);
      await page.context().close();
    });

  test("nothing_was_asked_of_what_else_the_host_serves", async () => {
    await until(() => nginx.asked().some(({ path }) => path.startsWith("/museum/api/v1/live")));
    const asked = nginx.asked();
    assert.ok(asked.some(({ path }) => path.startsWith("/museum/live.js?")));
    assert.deepEqual(
      asked.filter(({ path, status }) => status === 418 && path !== "/"),
      [],
    );
  });
});
