// Real parts for the browser tests: samples loaded, a stream consumed, a broker with a consumer (museum demo) and
// museum serve over one database.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Kafka, logLevel, Partitioners } from "kafkajs";

export const repository = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const program = process.env.MUSEUM_PROGRAM ?? join(repository, "src/Museum/bin/Release/net10.0/museum");

/** Markup, a right-to-left override and a terminal escape: an exhibition's name as nobody should send it. */
export const hostileName = "<img src=x onerror=\"document.title='owned'\"> \u202Egnp.exe \u001b[31m{red|Hall}";

/** Asks again until it is true; fails after half a minute, so that the other tests still run. */
export async function until(isSo) {
  const begun = performance.now();
  while (!(await isSo())) {
    if (performance.now() - begun > 30_000) throw new Error(`not so after 30 s: ${isSo}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** Two hours far from now: presses now are out of hours. */
const opens = new Date().getUTCHours() < 12 ? 20 : 4;

/** A museum with a history from three years ago, a topic, and closed doors now. */
export function addOldMuseum(museum, { topic = "past", target = "embedded" } = {}) {
  museum.run([
    "museums",
    "add",
    "PAST",
    "--name",
    "Museum of the Past",
    "--topic",
    topic,
    "--prefix",
    "past",
    "--opens",
    `${String(opens).padStart(2, "0")}:00`,
    "--closes",
    `${String(opens + 2).padStart(2, "0")}:00`,
    "--time-zone",
    "Etc/UTC",
    "--target",
    target,
  ]);
  const bucket = join(museum.directory, "past");
  mkdirSync(bucket);
  writeFileSync(
    join(bucket, "past_exhibition_pools.json"),
    JSON.stringify({
      EXHIBITION_NAME: "Tidal Pools",
      EXHIBITION_ID: "EXH_00",
      FLOOR: "1",
      DEPARTMENT: "Zoology",
      START_DATE: "01/02/21",
      DESCRIPTION: "Water.",
    }),
  );
  const rows = Array.from(
    { length: 40 },
    (_, minute) => `2023-03-06 ${String(opens).padStart(2, "0")}:${String(minute + 10)}:00,0,${minute % 5},`,
  );
  writeFileSync(join(bucket, "past_hist_data_0.csv"), ["at,site,val,type", ...rows].join("\n"));
  museum.run(["load", bucket, "--target", target]);
}

export class Museum {
  directory = mkdtempSync(join(tmpdir(), "museum-pages-"));
  environment = {
    ...process.env,
    MUSEUM_DATABASE: join(this.directory, "museum.db"),
    MUSEUM_ENV_FILE: "",
    DOTNET_NOLOGO: "1",
  };
  address = "";

  /** With a broker and a consumer, unless no press is to be sent. */
  static async open({ users = {}, password, before = () => {}, streaming = true } = {}) {
    if (!existsSync(program))
      throw new Error(`found no ${program}; expected the program, built with "dotnet build -c Release"`);
    const museum = new Museum();
    if (streaming) await museum.startDemo();
    museum.fill();
    // Open all day from here on: presses now count, whenever this runs.
    museum.run(["museums", "change", "LMNH", "--opens", "00:00", "--closes", "23:59", "--target", "embedded"]);
    before(museum);
    for (const [name, role] of Object.entries(users))
      museum.run(["users", "add", name, "--role", role, "--password-stdin", "--target", "embedded"], `${password}\n`);
    museum.port = await freePort();
    if (streaming) await museum.consume();
    await museum.serve();
    return museum;
  }

  /** The demo keeps its presses to itself: its broker is also the museum's. */
  async startDemo() {
    const database = join(this.directory, "demo.db");
    this.demo = this.start(["demo", "--database", database, "-b", "samples/bucket", "--no-visitors", "--no-staff"], {
      MUSEUM_LISTEN: `127.0.0.1:${await freePort(1)}`,
    });
  }

  async consume() {
    [, this.broker] = await this.demo.says(/^broker\s+(\S+?),/);
    await this.demo.says(/consuming, \d+ partitions/);
    this.consumer = this.start(["consume", "--target", "embedded"], {
      BOOTSTRAP_SERVERS: this.broker,
      TOPIC: "lmnh",
      GROUP: "pages",
    });
    await this.consumer.says(/consuming, \d+ partitions/);
    this.producer = new Kafka({ brokers: [this.broker], logLevel: logLevel.NOTHING }).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await this.producer.connect();
  }

  /** A history from two years ago, a hostile exhibition, and a day's stream with every kind of fault. */
  fill() {
    const hostile = join(this.directory, "hostile");
    mkdirSync(hostile);
    writeFileSync(
      join(hostile, "lmnh_exhibition_hostile.json"),
      JSON.stringify({
        EXHIBITION_NAME: hostileName,
        EXHIBITION_ID: "EXH_06",
        FLOOR: "2",
        DEPARTMENT: "<script>alert(1)</script>",
        START_DATE: "01/02/24",
        DESCRIPTION: "Nobody's.",
      }),
    );
    this.run(["load", join(repository, "samples/bucket"), "--target", "embedded"]);
    this.run(["load", hostile, "--target", "embedded"]);
    const stream = join(this.directory, "stream.ndjson");
    this.run(["simulate", "stream", "-n", "3000", "--seed", "5", "--every-fault", "--to", stream]);
    this.run(["consume", "--from", stream, "--target", "embedded"]);
  }

  run(words, input = "") {
    const { status, stdout, stderr } = spawnSync(program, words, {
      cwd: repository,
      env: this.environment,
      encoding: "utf8",
      input,
    });
    if (status !== 0 && status !== 1)
      throw new Error(`museum ${words.join(" ")}: exit code ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  start(words, more = {}) {
    return new Running(
      spawn(program, words, {
        cwd: repository,
        env: { ...this.environment, ...more },
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  }

  async serve() {
    this.healthPort ??= await freePort(2);
    this.server = this.start(["serve", "--listen", String(this.port), "--target", "embedded"], {
      MUSEUM_HEALTH: `127.0.0.1:${this.healthPort}`,
      // To read single messages again.
      ...(this.broker ? { BOOTSTRAP_SERVERS: this.broker, TOPIC: "lmnh", GROUP: "pages" } : {}),
    });
    await this.server.says(/^dashboard/);
    this.address = `http://127.0.0.1:${this.port}`;
  }

  async press(value, topic = "lmnh") {
    const at = new Date().toISOString();
    await this.producer.send({ topic, messages: [{ value: JSON.stringify({ at, ...value }) }] });
  }

  /** How many calls for help the ledger holds, over all runs; works while no server runs. */
  callsStored = () =>
    JSON.parse(this.run(["runs", "--json", "--target", "embedded"])).runs.reduce((sum, run) => sum + run.support, 0);

  help = (site, type, topic) => this.press({ site: String(site), val: -1, type }, topic);

  async api(path) {
    const response = await fetch(`${this.address}/api/v1${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** How many streams the server keeps open. */
  streams = async () => (await (await fetch(`http://127.0.0.1:${this.healthPort}/health`)).json()).streams;

  async close() {
    await this.producer?.disconnect();
    await this.server?.stop();
    await this.consumer?.stop();
    await this.demo?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export class Running {
  lines = [];
  waiting = new Set();

  constructor(child) {
    this.child = child;
    this.ended = once(child, "exit");
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", line => {
        this.lines.push(line);
        for (const wait of this.waiting) wait(line);
      });
    }
  }

  /** The first matching line; if the program ends before, fails with its output. */
  says(pattern) {
    const said = this.lines.map(line => pattern.exec(line)).find(Boolean);
    if (said) return said;
    return new Promise((done, fail) => {
      const wait = line => {
        const match = pattern.exec(line);
        if (!match) return;
        this.waiting.delete(wait);
        done(match);
      };
      this.waiting.add(wait);
      void this.ended.then(() => fail(new Error(`ended without saying ${pattern}:\n${this.lines.join("\n")}`)));
    });
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
    await this.ended;
  }
}

/** @param next How far after the one that MUSEUM_TEST_PORT says; any where it says none. Or, exactly, which one. */
export async function freePort(next = 0, exactly = false) {
  const wanted = exactly ? next : process.env.MUSEUM_TEST_PORT ? Number(process.env.MUSEUM_TEST_PORT) + next : 0;
  const server = createServer().listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
