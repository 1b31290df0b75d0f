// Debian's Chromium, with all its complaints recorded.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const chrome =
  process.env.MUSEUM_CHROMIUM ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
/**
 * The limit for each suite: twice the time of a whole one on a slow machine. A hanging suite fails, and the next one
 * runs.
 */
export const options = {
  timeout: 300_000,
  skip: chrome ? false : "no Chromium is installed (Debian: apt-get install chromium)",
};
export const pictures = process.env.MUSEUM_PICTURES;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const launch = () =>
  chromium.launch({
    executablePath: chrome,
    args: ["--no-sandbox", "--autoplay-policy=document-user-activation-required"],
  });

/** Everything that a page complains of goes into its complaints. */
export function watched(page) {
  page.complaints = [];
  page.on("console", message => ["error", "warning"].includes(message.type()) && page.complaints.push(message.text()));
  page.on("pageerror", error => page.complaints.push(String(error)));
  page.on("dialog", dialog => {
    page.complaints.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.setDefaultTimeout(15_000);
  return page;
}

/**
 * A tab in a context of its own; complaints are console errors, uncaught exceptions and reports of the content security
 * policy.
 */
export async function tab(browser, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
    reducedMotion: "reduce",
    acceptDownloads: true,
    ...options,
  });
  const page = await context.newPage();
  return watched(page);
}

/** Opened, with its numbers there and its charts drawn. */
export async function visit(page, url) {
  await page.goto(url);
  await settled(page);
}

export async function settled(page) {
  await page.waitForFunction(
    () =>
      document.querySelector("main .page") &&
      !document.querySelector('main [aria-busy="true"]') &&
      [...document.querySelectorAll(".canvas")].every(canvas => canvas.querySelector("svg")),
  );
}

/**
 * Nothing on it is on its way any more, and what was drawn is on the screen. The first live events, which come when it
 * is connected, push other things on.
 */
export async function still(page) {
  await page.waitForFunction(
    () => !document.querySelector('#live[data-connection="connecting"], [style*="translate("]'),
  );
  await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** What axe finds, in words; the debugger evaluates its code, so the page's policy does not apply. */
export async function axeFinds(page) {
  await page.evaluate(axe);
  // After that, which takes its time, and until what fades has faded: half faded, nothing has the contrast of its
  // colours.
  await still(page);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(node => `${id}: ${help}: ${node.target.join(" ")} ${node.any[0]?.message ?? ""}`),
  );
}

/** Into the directory MUSEUM_PICTURES; none if it is not set. */
export async function picture(page, name, fullPage = true) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
}

/** A sixth of the processor, and a line that takes its time: what comes late is seen to come late. */
export async function slow(page, { latency = 200, bytes = 150_000, cpu = 6 } = {}) {
  const line = await page.context().newCDPSession(page);
  await line.send("Network.enable");
  await line.send("Network.emulateNetworkConditions", {
    offline: false,
    latency,
    downloadThroughput: bytes,
    uploadThroughput: bytes,
  });
  await line.send("Emulation.setCPUThrottlingRate", { rate: cpu });
}

/** Adds up in window.shift what moves by itself; what it was and by how much stands in window.shifted. */
export const countShifts = page =>
  page.addInitScript(() => {
    window.forgetShifts = () => ([window.shift, window.shifted] = [0, []]);
    window.forgetShifts();
    const told = ({ node, previousRect: from, currentRect: to }) => {
      const element = node?.nodeType === 1 ? node : node?.parentElement;
      return `${element?.closest("[id]")?.id} ${element?.className} ${from.x},${from.y} → ${to.x},${to.y}`;
    };
    const add = entry => {
      window.shift += entry.value;
      window.shifted.push(`${entry.value.toFixed(4)} ${entry.sources.map(told)}`);
    };
    const observer = new PerformanceObserver(list => list.getEntries().forEach(add));
    observer.observe({ type: "layout-shift", buffered: true });
    window.lastShifts = () => observer.takeRecords().forEach(add);
  });

/** How much moved since the last time it was asked, once nothing moves any more. */
export async function shifts(page) {
  await still(page);
  return page.evaluate(() => {
    window.lastShifts();
    const found = { sum: window.shift, what: window.shifted.join("; ") };
    window.forgetShifts();
    return found;
  });
}
