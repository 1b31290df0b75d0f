// node compose-check.mjs FILE…: a compose file against the Compose specification's schema (from dclint's package), and
// its names against each other.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2019.js';
import { load } from 'js-yaml';

const here = fileURLToPath(new URL('.', import.meta.url));
const schema = JSON.parse(readFileSync(join(here, 'node_modules/dclint/schemas/compose.schema.json'), 'utf8'));
delete schema.$schema;
const valid = new Ajv.default({ allErrors: true, strict: false, validateFormats: false }).compile(schema);
const findings = [];

function names(entries) {
  return Array.isArray(entries)
    ? entries.map(entry => (typeof entry === 'string' ? entry : entry.source))
    : Object.keys(entries ?? {});
}

function volume(entry) {
  const source = typeof entry === 'string' ? entry.split(':')[0] : entry.type === 'volume' ? entry.source : undefined;
  return source && /^\w/.test(source) ? [source] : [];
}

function checkService(compose, name, service, say) {
  const volumes = (service.volumes ?? []).flatMap(volume);
  const declared = { secrets: names(service.secrets), configs: names(service.configs), volumes };
  for (const [kind, used] of Object.entries(declared)) {
    for (const one of used) if (!(one in (compose[kind] ?? {}))) say(`${name}: ${kind} has no ${one}`);
  }
  for (const other of names(service.depends_on))
    if (!compose.services[other]) say(`${name} depends on ${other}, which is no service`);
  if (!/(:[^:/]+|@sha256:.*)$/.test(service.image ?? '') || /:latest$/.test(service.image))
    say(`${name}: the image ${service.image} has no version`);
  for (const [key, value] of Object.entries(service.environment ?? {})) {
    if (/(PASSWORD|SECRET|TOKEN)$/.test(key) && value && !/^\$\{/.test(value))
      say(`${name}: ${key} is written into the file`);
  }
}

for (const file of process.argv.slice(2)) {
  const compose = load(readFileSync(file, 'utf8'));
  const say = text => findings.push(`${file}: ${text}`);
  if (!valid(compose)) {
    for (const error of valid.errors.filter(e => !/^(oneOf|anyOf|if)$/.test(e.keyword))) {
      say(`${error.instancePath || '/'} ${error.message} ${error.params.additionalProperty ?? error.params.allowedValues ?? ''}`);
    }
  }
  for (const [name, service] of Object.entries(compose.services ?? {})) checkService(compose, name, service, say);
}
findings.forEach(finding => console.log(finding));
process.exit(findings.length ? 1 : 0);
