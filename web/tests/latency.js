// Run by bench/page-latency: produces messages, watches the page, and reports how long each call for help took.

import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { launch, tab, visit } from "./browser.js";
import { program, Running, repository } from "./museum.js";

const { BROKER: broker, TARGET: target, NAME: name, DIRECTORY: directory } = process.env;
const presses = Number(process.env.PRESSES ?? 200);
const rate = Number(process.env.RATE ?? 100);
const helpEvery = 20;
const warming = 5 * rate;
const promised = 500;
const patience = 30_000;
const topic = `page-latency-${randomUUID()}`;
const environment = {
  ...process.env,
  MUSEUM_ENV_FILE: "",
  MUSEUM_DATABASE: join(directory, "museum.db"),
  BOOTSTRAP_SERVERS: broker,
  TOPIC: topic,
  GROUP: topic,
  DOTNET_NOLOGO: "1",
};
/** The page's clock is this machine's too, in fractions of a millisecond. */
const now = () => performance.timeOrigin + performance.now();

const start = words =>
  new Running(
    spawn(program, [...words, "--target", target], {
      cwd: directory,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );

function run(words) {
  const { status, stdout, stderr } = spawnSync(program, [...words, "--target", target], {
    cwd: directory,
    env: environment,
    encoding: "utf8",
  });
  if (status !== 0 && status !== 1)
    throw new Error(`museum ${words.join(" ")}: exit code ${status}\n${stdout}${stderr}`);
}

/** When the row of each press appeared in the feed, by its instant. */
const watch = page =>
  page.evaluate(() => {
    window.seen = new Map();
    const look = () => {
      for (const time of document.querySelectorAll("#feed .press time")) {
        const at = Date.parse(time.dateTime);
        if (!window.seen.has(at)) window.seen.set(at, performance.timeOrigin + performance.now());
      }
    };
    look();
    new MutationObserver(look).observe(document.querySelector("#feed"), { childList: true, subtree: true });
  });

/** Sends at a steady pace whatever the broker does, as kiosks do; each call for help has an instant of its own. */
async function produce(producer) {
  const [sent, waiting] = [new Map(), []];
  const begun = now();
  for (let message = 0; message < warming + presses * helpEvery; message++) {
    await after(Math.max(0, begun + (message * 1_000) / rate - now()));
    const help = message % helpEvery === 0;
    const moment = now();
    const at = new Date(moment);
    const value = JSON.stringify({
      at: at.toISOString(),
      site: String(message % 5),
      val: help ? -1 : message % 5,
      ...(help ? { type: (message / helpEvery) % 2 } : {}),
    });
    if (help && message >= warming) sent.set(at.getTime(), moment);
    waiting.push(producer.send({ topic, messages: [{ value }] }));
  }
  await Promise.all(waiting);
  return sent;
}

function tell(sent, seen) {
  const took = [...sent]
    .filter(([at]) => seen.has(at))
    .map(([at, moment]) => seen.get(at) - moment)
    .sort((a, b) => a - b);
  const share = part => took[Math.max(0, Math.ceil(took.length * part) - 1)];
  console.log(
    `${name}: ${took.length} of ${sent.size} calls for help, ${rate} messages a second: p50 ${share(0.5)?.toFixed(0)} ms, p90 ${share(0.9)?.toFixed(0)} ms, p99 ${share(0.99)?.toFixed(0)} ms, most ${took.at(-1)?.toFixed(0)} ms`,
  );
  if (took.length < sent.size || sent.size < presses)
    console.log(`${name}: found ${took.length} on the page, expected ${presses}`);
  return took.length === presses && share(0.99) <= promised;
}

const client = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
const [admin, producer] = [client.admin(), client.producer({ createPartitioner: Partitioners.DefaultPartitioner })];
const [programs, closing] = [[], []];
let kept = false;
try {
  await Promise.all([admin.connect(), producer.connect()]);
  closing.push(
    () => producer.disconnect(),
    () => admin.disconnect(),
  );
  await admin.createTopics({ topics: [{ topic, numPartitions: 4, replicationFactor: 1 }], waitForLeaders: true });
  closing.unshift(() => admin.deleteTopics({ topics: [topic] }));
  run(["load", join(repository, "samples/bucket")]);
  // Open all day: presses now count, whenever this runs.
  run(["museums", "change", "LMNH", "--topic", topic, "--opens", "00:00", "--closes", "23:59"]);
  programs.push(start(["consume"]), start(["serve", "--listen", process.env.MUSEUM_LISTEN ?? "127.0.0.1:18190"]));
  const [, address] = await programs[1].says(/^dashboard\s+(http:\/\/[^,]+?)\/?,/);
  await programs[0].says(/\d+ partitions/);
  const browser = await launch();
  closing.unshift(() => browser.close());
  const page = await tab(browser);
  await visit(page, `${address}/safety?range=today`);
  await page.locator('#live[data-connection="live"]').waitFor();
  await watch(page);
  const sent = await produce(producer);
  await page
    .waitForFunction(all => all.every(at => window.seen.has(at)), [...sent.keys()], { timeout: patience })
    .catch(() => {});
  kept = tell(sent, new Map(await page.evaluate(() => [...window.seen])));
} finally {
  for (const close of closing) await close();
  for (const program of programs.reverse()) await program.stop();
}
process.exit(kept ? 0 : 1);
