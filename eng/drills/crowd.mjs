// Callers of the drill stream/crowd: prints a line for each thing that held, and ends with 1 if one did not.
//   node crowd.mjs ADDRESS PID GUARDS SECONDS
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const [address, ...numbers] = process.argv.slice(2);
const [pid, guards, seconds] = numbers.map(Number);
const STREAMS = Number(process.env.CROWD_STREAMS ?? 3000);
const OF_A_SESSION = 30;
const READERS = Number(process.env.CROWD_READERS ?? 300);
const LOGINS = Number(process.env.CROWD_LOGINS ?? 120);
const agent = new Agent({ keepAlive: true, maxSockets: 400 });
const wait = ms => new Promise(done => setTimeout(done, ms));
let broke = false;

/** Each caller has an address of its own, as behind a proxy. */
const from = n => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

function ask(method, path, { cookie, caller = 1, body, stream } = {}) {
  return new Promise((done, failed) => {
    const text = body && JSON.stringify(body);
    const sent = request(
      new URL(path, address),
      {
        method,
        agent: stream ? new Agent() : agent,
        headers: {
          "X-Forwarded-Proto": "https",
          "X-Forwarded-For": from(caller),
          ...(cookie && { Cookie: cookie }),
          "X-Museum": "1",
          ...(text && { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) }),
        },
      },
      answer => {
        if (stream) return done(answer);
        const parts = [];
        answer.on("data", part => parts.push(part));
        answer.on("end", () => {
          done({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() });
        });
      },
    );
    sent.on("error", failed);
    sent.end(text);
  });
}

async function login(n, caller) {
  const body = { name: `guard${n}`, password: `eight quiet walruses ${n}` };
  const answer = await ask("POST", "/login", { caller, body });
  if (answer.status !== 204) throw new Error(`login ${n}: ${answer.status} ${answer.text}`);
  return answer.headers["set-cookie"][0].split(";")[0];
}

/** Acknowledges and opens again, and measures; on a thread of its own, because behind the pieces of three thousand
 *  streams it would measure this program. Returns milliseconds. */
async function guard({ cookie, ids, lasts }) {
  const acts = [];
  for (let n = 0, end = performance.now() + lasts; performance.now() < end; n++) {
    const [id, action] = [ids[(n >> 1) % ids.length], n % 2 ? "reopen" : "acknowledge"];
    const began = performance.now();
    const answer = await ask("POST", `/api/v1/help/${id}/${action}`, { cookie, body: { note: "drill" } });
    if (answer.status !== 200) throw new Error(`${action} ${id}: ${answer.status} ${answer.text}`);
    acts.push(performance.now() - began);
    await wait(200);
  }
  return acts;
}

const memory = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function hold(text, held) {
  console.log(text);
  if (held) return;
  broke = true;
  console.error(text);
}

if (!isMainThread) {
  parentPort.postMessage(await guard(workerData));
  process.exit(0);
}

// Slower than the limit of logins by name.
const sessions = [];
for (let n = 0; n < STREAMS / OF_A_SESSION; n++) {
  sessions.push(await login(n % guards, n + 1));
  await wait(120);
}
const questions = ["ratings", "safety", "help?state=open", "data/live", "me"];
const asked = [];
let running = true;
async function reader(n) {
  await wait((n / READERS) * 5000);
  while (running) {
    const began = performance.now();
    const question = questions[n % questions.length];
    const answer = await ask("GET", `/api/v1/${question}`, { cookie: sessions[n % sessions.length] });
    if (answer.status !== 200) throw new Error(`${question}: ${answer.status} ${answer.text}`);
    asked.push(performance.now() - began);
    await wait(Math.max(0, 5000 - (performance.now() - began)));
  }
}

// Those that only the guard below acts on: chosen before the staff looks.
const calls = await ask("GET", "/api/v1/help?state=open&limit=50", { cookie: sessions[0] });
const ids = JSON.parse(calls.text).presses.map(call => call.id);
const own = new Set(ids);

/** Somebody goes to every call within seconds, as in a museum: thousands that nobody answers are another drill. */
async function staff() {
  while (running) {
    const open = await ask("GET", "/api/v1/help?state=open&limit=200", { cookie: sessions[2] });
    const ids = JSON.parse(open.text).presses.map(call => call.id).filter(id => !own.has(id));
    if (ids.length > 0) {
      const body = { ids, action: "acknowledge" };
      const answer = await ask("POST", "/api/v1/help/act", { cookie: sessions[2], body });
      if (answer.status !== 200) throw new Error(`staff: ${answer.status} ${answer.text}`);
    }
    await wait(2000);
  }
}

const staffing = staff();
const readers = Array.from({ length: READERS }, (_, n) => reader(n));
await wait(15000);
const before = memory();

const streams = [];
let events = 0;
for (let n = 0; n < STREAMS; n++) {
  const stream = await ask("GET", "/api/v1/live", { cookie: sessions[n % sessions.length], stream: true });
  if (stream.statusCode !== 200) throw new Error(`stream ${n}: ${stream.statusCode}`);
  stream.on("data", () => events++);
  stream.on("error", () => {});
  streams.push(stream);
}
const open = memory();

const measuring = new Worker(new URL(import.meta.url), {
  argv: process.argv.slice(2),
  workerData: { cookie: sessions[1], ids, lasts: seconds * 1000 },
});
const acting = new Promise((done, failed) => measuring.on("message", done).on("error", failed));
await wait((seconds * 1000) / 3);
const begun = performance.now();
await Promise.all(Array.from({ length: LOGINS }, (_, n) => login(n % guards, 1000 + n)));
const entered = performance.now() - begun;
await wait(Math.max(0, ((seconds * 1000) * 2) / 3 - entered));
running = false;
const acts = await acting;
await staffing;
await Promise.all(readers);
const peak = memory();
for (const stream of streams) stream.destroy();
await wait(60000);
const after = memory();

const ms = value => `${Math.round(value)} ms`;
const mib = value => `${Math.round(value)} MiB`;
const of = values => `median ${ms(percentile(values, 0.5))}, p99 ${ms(percentile(values, 0.99))}`;
hold(`${acts.length} acknowledgements: ${of(acts)}; expected below 1000 ms`, percentile(acts, 0.99) < 1000);
hold(`${asked.length} questions of ${READERS} readers: ${of(asked)}`, true);
hold(`${LOGINS} logins in one moment took ${(entered / 1000).toFixed(1)} s`, true);
hold(`${STREAMS} streams received ${events} pieces`, events > STREAMS);
hold(
  `memory: ${mib(before)} before, ${mib(open)} with the streams, ${mib(peak)} at the end, ${mib(after)} a minute after; ` +
    "expected within 20 % of before",
  after <= before * 1.2,
);
process.exit(broke ? 1 : 0);
