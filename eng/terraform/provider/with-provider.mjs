#!/usr/bin/env node
// Runs a command, for instance terraform validate, plan or test, with providers that are only their schema:
//   node with-provider.mjs DIR -- terraform validate
// Terraform is told by TF_REATTACH_PROVIDERS that the providers run already: they are this process, over a socket of
// its own. Nothing is downloaded and no account is needed.
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { require } from '../modules.mjs';
import { provider } from './provider.mjs';

const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const proto = grpc.loadPackageDefinition(
  loader.loadSync(fileURLToPath(new URL('plugin.proto', import.meta.url)), {
    keepCase: true,
    longs: Number,
    defaults: true,
    oneofs: true,
  }),
).tfplugin5;

const split = process.argv.indexOf('--');
const dir = resolve(process.argv[2]),
  command = process.argv.slice(split + 1);
if (split !== 3 || command.length === 0) {
  console.error('usage: with-provider.mjs DIR -- COMMAND');
  process.exit(2);
}

// Which types are spoken of: in every .tf file at and below DIR.
function* terraformFiles(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.startsWith('.')) continue;
    if (statSync(path).isDirectory()) yield* terraformFiles(path);
    else if (name.endsWith('.tf')) yield path;
  }
}
const wanted = { resource: new Set(), data: new Set(), provider: new Set() };
for (const file of terraformFiles(dir)) {
  const text = readFileSync(file, 'utf8');
  for (const m of text.matchAll(/^\s*(resource|data)\s+"(\w+)"/gm)) wanted[m[1]].add(m[2]);
  for (const m of text.matchAll(/source\s*=\s*"hashicorp\/(\w+)"/g)) wanted.provider.add(m[1]);
}

// A mistake in this program must end the command, not hang it.
const answering = methods =>
  Object.fromEntries(
    Object.entries(methods).map(([name, answer]) => [
      name,
      (call, done) => {
        try {
          done(null, answer(call.request));
        } catch (e) {
          console.error(e);
          done({ code: grpc.status.INTERNAL, message: String(e) });
        }
      },
    ]),
  );

const folder = mkdtempSync(join(tmpdir(), 'museum-terraform-'));
const reattach = {},
  servers = [];
for (const name of wanted.provider) {
  const server = new grpc.Server({ 'grpc.max_send_message_length': -1, 'grpc.max_receive_message_length': -1 });
  server.addService(proto.Provider.service, answering(provider(name, wanted)));
  const socket = join(folder, name);
  await new Promise((done, fail) =>
    server.bindAsync(`unix:${socket}`, grpc.ServerCredentials.createInsecure(), e => (e ? fail(e) : done())),
  );
  servers.push(server);
  const address = { Network: 'unix', String: socket };
  reattach[`registry.terraform.io/hashicorp/${name}`] = {
    Protocol: 'grpc',
    ProtocolVersion: 5,
    Pid: process.pid,
    Test: true,
    Addr: address,
  };
}
const child = spawn(command[0], command.slice(1), {
  stdio: 'inherit',
  env: {
    ...process.env,
    TF_REATTACH_PROVIDERS: JSON.stringify(reattach),
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: '/dev/null',
    TF_IN_AUTOMATION: '1',
  },
});
child.on('exit', code => {
  for (const server of servers) server.forceShutdown();
  rmSync(folder, { recursive: true });
  process.exit(code ?? 1);
});
