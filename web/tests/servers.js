// A real broker and a real PostgreSQL, with a consumer and a dashboard as processes of their own: what a museum has,
// and what can be taken away one by one.
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { addOldMuseum, freePort, program, Running, repository } from "./museum.js";

const eng = name => join(repository, "eng", name);

/** Why no broker is available; false if there is one. */
export const withoutBroker = () => {
  const { status, stdout, stderr } = spawnSync(eng("kafka-server"), ["ready"], { encoding: "utf8" });
  return status === 0 ? false : `${stdout}${stderr}`.trim().split("\n").at(-1);
};

export class Servers {
  directory = mkdtempSync(join(tmpdir(), "museum-servers-"));
  topic = `museum-${randomUUID()}`;
  frozen = false;

  static async open() {
    const servers = new Servers();
    try {
      await servers.begin();
      return servers;
    } catch (e) {
      await servers.close();
      throw e;
    }
  }

  async begin() {
    // PostgreSQL's own user goes through it.
    chmodSync(this.directory, 0o755);
    this.kafkaPort = await freePorts(4);
    this.kafka("up");
    const postgres = this.eng("postgres-server", ["up", join(this.directory, "postgres")], {
      PGPORT: String(await freePort()),
    });
    const settings = this.eng("postgres-server", ["env", join(this.directory, "postgres")])
      .split("\n")
      .filter(line => /^[A-Z_]+=/.test(line));
    if (settings.length === 0) throw new Error(`eng/postgres-server env told no settings:\n${postgres}`);
    this.broker = `127.0.0.1:${this.kafkaPort}`;
    this.environment = {
      ...process.env,
      ...Object.fromEntries(
        settings.map(line => [
          line.slice(0, line.indexOf("=")),
          line.slice(line.indexOf("=") + 1).replace(/^["']|["']$/g, ""),
        ]),
      ),
      MUSEUM_ENV_FILE: "",
      DOTNET_NOLOGO: "1",
      BOOTSTRAP_SERVERS: this.broker,
      TOPIC: this.topic,
      GROUP: this.topic,
    };
    this.client = new Kafka({ brokers: [this.broker], logLevel: logLevel.NOTHING });
    await this.createTopic(this.topic);
    this.producer = this.client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await this.producer.connect();
    this.run(["load", join(repository, "samples/bucket"), "--target", "local"]);
    this.run([
      ...["museums", "change", "LMNH", "--topic", this.topic],
      ...["--opens", "00:00", "--closes", "23:59", "--target", "local"],
    ]);
    this.port = await freePort();
    this.healthPort = await freePort();
    this.address = `http://127.0.0.1:${this.port}`;
    await this.serve();
  }

  async createTopic(topic) {
    const admin = this.client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 2, replicationFactor: 1 }], waitForLeaders: true });
    await admin.disconnect();
  }

  eng(name, words, more = {}) {
    const { status, stdout, stderr } = spawnSync(eng(name), words, {
      encoding: "utf8",
      env: { ...process.env, ...more },
    });
    if (status !== 0) throw new Error(`eng/${name} ${words.join(" ")}: exit code ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  /** up, stop, kill, start or down. */
  kafka = verb =>
    this.eng("kafka-server", [verb, join(this.directory, "kafka")], { KAFKA_PORT: String(this.kafkaPort) });

  run(words) {
    const { status, stdout, stderr } = spawnSync(program, words, {
      cwd: this.directory,
      env: this.environment,
      encoding: "utf8",
    });
    if (status !== 0 && status !== 1)
      throw new Error(`museum ${words.join(" ")}: exit code ${status}\n${stdout}${stderr}`);
  }

  start = (words, more = {}) =>
    new Running(
      spawn(program, [...words, "--target", "local"], {
        cwd: this.directory,
        env: { ...this.environment, ...more },
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );

  async serve() {
    this.server = this.start(["serve", "--listen", String(this.port)], {
      MUSEUM_HEALTH: `127.0.0.1:${this.healthPort}`,
    });
    await this.server.says(/^dashboard/);
  }

  async consume() {
    this.consumer = this.start(["consume"]);
    await this.consumer.says(/\d+ partitions/);
  }

  async help(site, type, { topic = this.topic, at = new Date() } = {}) {
    const value = JSON.stringify({ at: at.toISOString(), site: String(site), val: -1, type });
    await this.producer.send({ topic, messages: [{ value }] });
  }

  /** A second museum, with a topic and a consumer of its own. */
  async addMuseum() {
    const topic = `${this.topic}-past`;
    await this.createTopic(topic);
    addOldMuseum(this, { topic, target: "local" });
    this.second = this.start(["consume"], { TOPIC: topic, GROUP: topic });
    await this.second.says(/\d+ partitions/);
    return topic;
  }

  /** Everything of the database's server: SIGSTOP freezes it, SIGCONT goes on. */
  signalDatabase(signal) {
    this.frozen = signal === "SIGSTOP";
    const server = readFileSync(join(this.directory, "postgres/data/postmaster.pid"), "utf8").split("\n")[0];
    const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", server], { encoding: "utf8" });
    for (const pid of [server, ...stdout.split("\n").filter(line => line.trim())]) process.kill(Number(pid), signal);
  }

  /** Nobody else writes to the table until the function that this answers is called. */
  async lock(table) {
    const url = this.eng("postgres-server", ["url", join(this.directory, "postgres")])
      .trim()
      .split("\n")
      .at(-1);
    const session = spawn("psql", [url, "-q"], { stdio: ["pipe", "pipe", "pipe"] });
    session.stdin.write(`begin; lock table ${table} in exclusive mode;\n\\echo locked\n`);
    await new Running(session).says(/^locked$/);
    return () => session.stdin.end();
  }

  /** As retention does it: what is before the end of every partition can no longer be read. */
  async deleteRecords() {
    const admin = this.client.admin();
    await admin.connect();
    const partitions = await admin.fetchTopicOffsets(this.topic);
    await admin.deleteTopicRecords({
      topic: this.topic,
      partitions: partitions.map(({ partition, high }) => ({ partition, offset: high })),
    });
    await admin.disconnect();
    return partitions;
  }

  api = async path => (await fetch(`${this.address}/api/v1${path}`, { signal: AbortSignal.timeout(20_000) })).json();

  /** How many streams the server keeps open. */
  streams = async () => (await (await fetch(`http://127.0.0.1:${this.healthPort}/health`)).json()).streams;

  metric = async name => {
    const text = await (await fetch(`http://127.0.0.1:${this.healthPort}/metrics`)).text();
    return Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)`, "m").exec(text)?.[1]);
  };

  async close() {
    await this.producer?.disconnect().catch(() => {});
    // A frozen server does not end when it is asked to.
    if (this.frozen) this.signalDatabase("SIGCONT");
    for (const running of [this.consumer, this.second, this.server]) {
      running?.child.kill("SIGCONT");
      await running?.stop();
    }
    for (const [name, part] of [
      ["kafka-server", "kafka"],
      ["postgres-server", "postgres"],
    ]) {
      spawnSync(eng(name), ["down", join(this.directory, part)], {
        env: { ...process.env, KAFKA_PORT: String(this.kafkaPort) },
      });
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The first of this many free ports in a row. */
async function freePorts(many) {
  for (;;) {
    const first = await freePort();
    try {
      for (let next = 1; next < many; next++) await freePort(first + next, true);
      return first;
    } catch {
      // Somebody else has one of them.
    }
  }
}
