// A real broker and a real PostgreSQL, with a consumer and a dashboard as processes of their own: what a museum has, and what can be taken away one by one.
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { freePort, program, Running, repository } from "./museum.js";

const eng = name => join(repository, "eng", name);

/** Why there is no broker to be had; false where there is one. */
export const withoutBroker = () => {
  const { status, stdout, stderr } = spawnSync(eng("kafka-server"), ["ready"], { encoding: "utf8" });
  return status === 0 ? false : `${stdout}${stderr}`.trim().split("\n").at(-1);
};

export class Servers {
  directory = mkdtempSync(join(tmpdir(), "museum-servers-"));
  topic = `museum-${randomUUID()}`;

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
    const admin = this.client.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: this.topic, numPartitions: 2, replicationFactor: 1 }],
      waitForLeaders: true,
    });
    await admin.disconnect();
    this.producer = this.client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await this.producer.connect();
    this.run(["load", join(repository, "samples/bucket")]);
    this.run(["museums", "change", "LMNH", "--opens", "00:00", "--closes", "23:59", "--topic", this.topic]);
    this.port = await freePort();
    this.healthPort = await freePort();
    this.address = `http://127.0.0.1:${this.port}`;
    await this.serve();
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
    const { status, stdout, stderr } = spawnSync(program, [...words, "--target", "local"], {
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

  async help(site, type) {
    await this.producer.send({
      topic: this.topic,
      messages: [{ value: JSON.stringify({ at: new Date().toISOString(), site: String(site), val: -1, type }) }],
    });
  }

  api = async path => (await fetch(`${this.address}/api/v1${path}`)).json();

  metric = async name => {
    const text = await (await fetch(`http://127.0.0.1:${this.healthPort}/metrics`)).text();
    return Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)`, "m").exec(text)?.[1]);
  };

  async close() {
    await this.producer?.disconnect().catch(() => {});
    for (const running of [this.consumer, this.server]) {
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

/** The first of so many free ones in a row. */
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
