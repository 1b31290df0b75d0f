// The OpenAPI document and a running server, as somebody else's programs meet them: a linter, a client that is
// generated and compiled, a validator. Run by eng/api-check.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, "../..");
const program = process.env.MUSEUM_PROGRAM ?? join(repository, "src/Museum/bin/Release/net10.0/museum");
const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/** Where what is generated finds the packages. */
const made = join(here, "node_modules/.made");

const tool = (name, words) =>
  spawnSync(process.execPath, [join(here, "node_modules/.bin", name), ...words], {
    cwd: here,
    encoding: "utf8",
    env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
  });

describe("the API as others meet it", { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), "museum-api-"));
  const environment = {
    ...process.env,
    MUSEUM_DATABASE: join(directory, "museum.db"),
    MUSEUM_ENV_FILE: "",
    MUSEUM_TARGET: "embedded",
    DOTNET_NOLOGO: "1",
  };
  let server, demo, origin, live, document, questions, best;

  const run = (...words) => {
    const { status, stdout, stderr } = spawnSync(program, words, {
      cwd: repository,
      env: environment,
      encoding: "utf8",
    });
    assert.ok(status === 0 || status === 1, `museum ${words.join(" ")}: exit code ${status}\n${stdout}${stderr}`);
    return stdout;
  };

  /** A history, and a stream with every kind of fault; beside it a museum where presses arrive. */
  before(async () => {
    run("load", "samples/bucket");
    const stream = join(directory, "stream.ndjson");
    run("simulate", "stream", "-n", "3000", "--seed", "5", "--every-fault", "--to", stream);
    run("consume", "--from", stream);
    const start = async (words, more = {}) => {
      const port = await freePort();
      const options = {
        cwd: repository,
        env: { ...environment, MUSEUM_LISTEN: String(port), ...more },
        stdio: "ignore",
      };
      const child = spawn(program, words, options);
      const address = `http://127.0.0.1:${port}`;
      await until(() => fetch(`${address}/api/v1/openapi.json`).then(r => r.ok));
      return [child, address];
    };
    [server, origin] = await start(["serve"]);
    // With kiosks, a broker and a consumer: calls come that can be answered.
    const kiosks = ["--database", join(directory, "demo.db"), "-b", "samples/bucket", "--rate", "40", "--no-staff"];
    [demo, live] = await start(["demo", ...kiosks]);
    const drawing = join(directory, "plan.svg");
    writeFileSync(drawing, '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"/>');
    for (const database of ["museum.db", "demo.db"])
      run("museums", "floor-plan", "set", "1", drawing, "--database", join(directory, database));
    document = await (await fetch(`${origin}/api/v1/openapi.json`)).json();
    mkdirSync(made, { recursive: true });
    writeFileSync(join(made, "openapi.json"), JSON.stringify(document, null, 2));
  });
  after(async () => {
    for (const child of [server, demo].filter(Boolean)) {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    }
    rmSync(directory, { recursive: true, force: true });
  });

  const operations = method =>
    Object.entries(document.paths).flatMap(([path, calls]) =>
      Object.entries(calls)
        .filter(([name]) => methods.includes(name) && (!method || name === method))
        .map(([name, call]) => ({ path, method: name, call })),
    );

  test("a_linter_finds_no_error_and_nothing_to_warn_of", () => {
    const { status, stdout, stderr } = tool("redocly", ["lint", join(made, "openapi.json"), "--format=json"]);
    assert.equal(status, 0, stdout + stderr);
    assert.deepEqual(JSON.parse(stdout).totals, { errors: 0, warnings: 0, ignored: 0 }, stdout);
  });

  test("a_generated_client_compiles_in_strict_mode", async () => {
    const written = tool("openapi-typescript", [join(made, "openapi.json"), "-o", join(made, "schema.d.ts")]);
    assert.equal(written.status, 0, written.stderr);
    copyFileSync(join(here, "calls.ts"), join(made, "calls.ts"));
    writeFileSync(join(made, "package.json"), '{ "type": "module" }');
    const strict = ["--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--noImplicitOverride"];
    const compiled = tool("tsc", [
      ...strict,
      ...["--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext", "--lib", "es2023,dom"],
      ...["--noEmitOnError", join(made, "calls.ts")],
    ]);
    assert.equal(compiled.status, 0, compiled.stdout);
    ({ questions, best } = await import(pathToFileURL(join(made, "calls.js")).href));
  });

  test("every_question_is_answered_as_its_schema_says", async () => {
    const fits = validator(document);
    const noted = { exhibition: "EXH_00", day: "2024-04-02", text: "Half-term", name: "Ada" };
    fits(await change("/annotations", noted), "/annotations", "post");
    await change("/exhibition/target", { exhibition: "EXH_00", mean: 3.2, name: "Ada" });
    let open = [];
    await until(async () => {
      open = (await (await fetch(`${live}/api/v1/help?state=open&limit=500`)).json()).presses;
      return open.length > 3;
    });
    const act = async (press, what, body) =>
      fits(await change(`/help/${press.id}/${what}`, { name: "Ada", note: "", ...body }), `/help/{id}/${what}`, "post");
    for (const press of open.slice(0, 3)) await act(press, "acknowledge");
    await act(open[1], "resolve", { outcome: "First aid" });
    await act(open[2], "reopen", { note: "Not over" });
    const ids = open.map(press => press.id);
    fits(await change("/help/act", { ids, action: "acknowledge", name: "Ada" }), "/help/act", "post");
    fits(await change("/data/quarantine/replay", { name: "Ada" }), "/data/quarantine/replay", "post");

    const all = questions(live);
    assert.deepEqual(
      Object.keys(all).sort(),
      operations("get")
        .map(({ path }) => path)
        .sort(),
    );
    for (const [path, ask] of Object.entries(all)) {
      const { data, error, response } = await ask();
      assert.equal(response.status, 200, `${path}: ${JSON.stringify(error)}`);
      const type = response.headers.get("content-type").split(";")[0];
      const answered = document.paths[path].get.responses[200].content;
      assert.ok(answered[type], `${path}: ${type} is not among ${Object.keys(answered)}`);
      if (path === "/api/v1/live") {
        const { value } = await data.getReader().read();
        assert.match(new TextDecoder().decode(value), /^retry: \d+\n\n/);
      } else if (type === "image/svg+xml") assert.match(data, /<svg/);
      else fits(data, path.slice("/api/v1".length), "get");
      if (path === "/api/v1/ratings") assert.equal(best(data.exhibitions).rank, 1);
    }
  });

  test("every_view_comes_as_csv_and_workbook_with_headers_alone_and_with_a_validator", async () => {
    for (const { path, call } of operations("get")) {
      const has = name => call.parameters?.some(parameter => parameter.name === name);
      const query = new URLSearchParams();
      if (has("range")) query.set("range", "all");
      if (path.endsWith("/exhibition")) query.set("exhibition", "EXH_00");
      if (path.endsWith("/picture")) query.set("floor", "1");
      if (path.endsWith("/record")) {
        const { events } = await (await fetch(`${origin}/api/v1/ratings/events?range=all&limit=1`)).json();
        query.set("id", events[0].id);
        query.set("of", "rating");
      }
      const ask = (more, init) => {
        const all = new URLSearchParams([...query, ...Object.entries(more)]);
        return fetch(`${origin}${path}?${all}`, { signal: AbortSignal.timeout(20_000), ...init });
      };
      const head = await ask({}, { method: "HEAD" });
      assert.equal(head.status, 200, `HEAD ${path}`);
      if (path === "/api/v1/live") continue;
      assert.match(head.headers.get("etag"), /^W\/"[0-9a-f]+"$/, path);
      // Repeats are counted in the background: an answer before their end has another tag.
      await until(async () => {
        const tag = (await ask({}, { method: "HEAD" })).headers.get("etag");
        return (await ask({}, { headers: { "If-None-Match": tag } })).status === 304;
      });
      if (!has("format")) continue;
      const { schema } = call.parameters.find(parameter => parameter.name === "table");
      for (const table of schema.enum) {
        const csv = await ask({ format: "csv", table, bom: "true" }, { headers: await another(call) });
        const bytes = new Uint8Array(await csv.arrayBuffer());
        assert.equal(csv.headers.get("content-type"), "text/csv; charset=utf-8", `${path} ${table}`);
        assert.deepEqual([...bytes.slice(0, 3)], [0xef, 0xbb, 0xbf]);
      }
      const book = await ask({ format: "xlsx" }, { headers: await another(call) });
      assert.ok(call.responses[200].content[book.headers.get("content-type")], path);
      assert.equal(new TextDecoder().decode((await book.arrayBuffer()).slice(0, 2)), "PK");
    }
  });

  /** Exports are limited to thirty a minute and person: somebody else asks for each few. */
  let exports_ = 0;
  let token = "";
  async function another({ security }) {
    // What operators did is shown to sessions alone.
    if (security) return {};
    if (exports_++ % 25 === 0) token = JSON.parse(run("users", "token", "add", `reader-${exports_}`, "--json")).token;
    return { Authorization: `Bearer ${token}` };
  }

  async function change(path, body) {
    const response = await fetch(`${live}/api/v1${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Museum": "1" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    assert.ok(response.ok, `${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
});

describe("the messages' contract as others meet it", () => {
  const contract = join(repository, "docs/contract");

  test("a_linter_finds_no_error_in_the_description_of_the_topic", () => {
    const { status, stdout } = tool("redocly", ["lint", join(contract, "asyncapi.yaml"), "--format=json"]);
    assert.equal(status, 0, stdout);
    assert.equal(JSON.parse(stdout).totals.errors, 0, stdout);
  });

  test("another_validator_says_of_every_message_what_the_corpus_says", () => {
    const schema = JSON.parse(readFileSync(join(contract, "message.schema.json"), "utf8"));
    const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
    const lines = readFileSync(join(contract, "corpus.ndjson"), "utf8").trim().split("\n");
    const cases = lines.map(line => JSON.parse(line)).filter(line => line.schema);
    assert.ok(cases.length > 150, `only ${cases.length} cases`);
    for (const { name, value, schema: said } of cases) {
      const message = JSON.parse(Buffer.from(value, "base64").toString("utf8"));
      assert.equal(valid(message) ? "valid" : "invalid", said, name);
    }
  });
});

/** Checks answers against the document, in which every object is closed: what is not described is not sent. */
function validator(document) {
  const ajv = addFormats(new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }));
  ajv.addFormat("binary", true);
  const moved = JSON.parse(JSON.stringify(document).replaceAll("#/components/schemas/", "document#/$defs/"));
  for (const schema of Object.values(moved.components.schemas))
    if (schema.properties) schema.unevaluatedProperties ??= false;
  ajv.addSchema({ $id: "document", $defs: moved.components.schemas });
  return (answer, path, method) => {
    const schema = moved.paths[`/api/v1${path}`][method].responses[200].content["application/json"].schema;
    const valid = ajv.compile(schema);
    assert.ok(valid(answer), `${method} ${path}: ${ajv.errorsText(valid.errors)}`);
  };
}

async function freePort() {
  const listening = createServer().listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address();
  listening.close();
  await once(listening, "close");
  return port;
}

async function until(isSo) {
  const begun = performance.now();
  while (!(await isSo().catch(() => false))) {
    if (performance.now() - begun > 30_000) throw new Error(`not so after 30 s: ${isSo}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
