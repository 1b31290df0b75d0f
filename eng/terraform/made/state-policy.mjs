#!/usr/bin/env node
// Policy on what Terraform would really make:  terraform show -json | state-policy.mjs SETTINGS-FILE
// It reads the state of an apply against the schema alone. There every local, for_each, dynamic block, template and
// policy document has become a value, so that nothing hides behind an expression. SETTINGS-FILE (.env.example) knows
// the product's settings.
import { readFileSync } from 'node:fs';
import { checkAlarms, checkContainers, checkMachine, checkPairs } from './state-relations.mjs';
import { rules } from './state-rules.mjs';
import { faults } from '../unscoped.mjs';

const state = JSON.parse(readFileSync(0, 'utf8'));
const settings = new Set(
  [...readFileSync(process.argv[2], 'utf8').matchAll(/^(?:#\s*)?([A-Z][A-Z0-9_]+)=/gm)].map(m => m[1]),
);
let found = 0;
const say = (address, text) => {
  found++;
  console.log(`${address}: ${text}`);
};

function* resources(module) {
  yield* module?.resources ?? [];
  for (const child of module?.child_modules ?? []) yield* resources(child);
}
const all = [...resources(state.values?.root_module)];
if (all.length === 0) {
  console.error('error: the state is empty');
  process.exit(2);
}

// Every value at any depth, with the name it stands under.
function* values(value, name = '') {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const v of value) yield* values(v, name);
    return;
  }
  if (typeof value !== 'object') {
    yield [name, value];
    return;
  }
  for (const [n, v] of Object.entries(value)) yield* values(v, n);
}

for (const { address, type, mode, values: a } of all) {
  if (mode === 'managed') for (const [wrong, text] of rules[type]?.(a) ?? []) if (wrong) say(address, text);
  for (const [name, value] of values(a)) {
    if (typeof value !== 'string' || value === '') continue;
    if (/(^|_)arns?$/.test(name) && !value.startsWith('arn:') && !/^https:/.test(value))
      say(address, `${name} is no ARN: ${value}`);
    if (/^(password|master_password|secret_string|private_key)$/.test(name)) say(address, `${name} lies in the state`);
    if (/\b(AKIA|ASIA)[A-Z0-9]{16}\b/.test(value)) say(address, 'an access key lies in the state');
  }
  for (const field of ['policy', 'assume_role_policy', 'json'])
    if (typeof a[field] === 'string' && a[field].startsWith('{')) {
      for (const statement of [JSON.parse(a[field]).Statement].flat())
        for (const fault of faults(statement)) say(address, fault);
    }
}

const of = type => all.filter(r => r.type === type && r.mode === 'managed');
checkPairs(of, say);
checkAlarms(of, say);
checkContainers(of, say, settings);
checkMachine(of, say, settings);

console.log(`${all.length} resources and data: ${found} findings`);
process.exit(found ? 1 : 0);
