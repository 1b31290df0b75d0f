import { chromium } from "playwright-core";
const [,, base, prefix, ...extra] = process.argv;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const shots = [["light",{colorScheme:"light",viewport:{width:1400,height:900}}],["dark",{colorScheme:"dark",viewport:{width:1400,height:900}}],["phone",{colorScheme:"light",viewport:{width:390,height:844}}]];
for (const [name, options] of shots) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  for (const path of ["ratings","safety","data"]) {
    await page.goto(`${base}/${path}${extra[0] ?? ""}`);
    await page.waitForTimeout(2500);
    await page.screenshot({ path: `/tmp/look/${prefix}-${path}-${name}.png`, fullPage: true });
  }
  await context.close();
}
const tv = await browser.newContext({colorScheme:"dark",viewport:{width:1920,height:1080}});
const p = await tv.newPage();
for (const path of ["ratings","safety"]) { await p.goto(`${base}/${path}${extra[0] ? extra[0]+"&" : "?"}tv=1`); await p.waitForTimeout(2500); await p.screenshot({path:`/tmp/look/${prefix}-${path}-tv.png`}); }
await browser.close();
