// Plants each mistake into a copy of deploy/terraform and says which check finds it first.   plant.mjs [NUMBER…]
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errors } from './errors.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
const deploy = join(here, '../../deploy/terraform');
const variants = readdirSync(join(here, 'variants'));
const provider = (...command) => [
  'node',
  join(here, 'provider/with-provider.mjs'),
  '.',
  '--',
  'bash',
  '-c',
  `terraform init -input=false -no-color && ${command.join(' ')}`,
];

// A check finds a mistake when it fails and names something, not when it fails to run.
const checks = [
  ['static', ['node', join(here, 'source/static.mjs'), '.'], /\[\w+\]/],
  ['validate', provider('terraform validate -no-color'), /Error:/],
  ...variants.map(v => [
    `policies ${v.replace('.tfvars', '')}`,
    [join(here, 'policies'), '.', '-var-file=terraform.tfvars.example', `-var-file=${join(here, 'variants', v)}`],
    /Error:|^\S+( \S+)?: /m,
  ]),
  ['terraform test', provider('terraform test -no-color'), /Error:/],
];

function run([, command], dir) {
  const r = spawnSync(command[0], command.slice(1), {
    encoding: 'utf8',
    cwd: dir,
    env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '/dev/null' },
  });
  return { status: r.status, text: r.stdout + r.stderr };
}

const clean = mkdtempSync(join(tmpdir(), 'museum-plant-'));
cpSync(deploy, clean, { recursive: true });
for (const check of checks) {
  const { status, text } = run(check, clean);
  if (status !== 0) {
    console.error(`${check[0]} fails without any mistake:\n${text}`);
    process.exit(2);
  }
}
rmSync(clean, { recursive: true });

const chosen = process.argv.slice(2).map(Number);
let found = 0,
  tried = 0;
for (const [i, [name, file, from, to]] of errors.entries()) {
  if (chosen.length && !chosen.includes(i + 1)) continue;
  const dir = mkdtempSync(join(tmpdir(), 'museum-plant-'));
  cpSync(deploy, dir, { recursive: true });
  const before = readFileSync(join(dir, file), 'utf8'),
    after = before.replace(from, to);
  if (after === before) {
    console.error(`${i + 1} ${name}: ${file} does not hold what would be replaced`);
    process.exit(2);
  }
  writeFileSync(join(dir, file), after);
  tried++;
  let by = null;
  for (const check of checks) {
    const { status, text } = run(check, dir);
    const line = text.split('\n').find(l => check[2].test(l));
    if (status !== 0 && line) {
      by = `${check[0]}: ${line.trim().slice(0, 140)}`;
      break;
    }
  }
  if (by) found++;
  console.log(`${by ? 'found ' : 'MISSED'} ${i + 1} ${name}${by ? ` by ${by}` : ''}`);
  rmSync(dir, { recursive: true });
}
console.log(`${found} of ${tried} found`);
process.exit(found >= tried * 0.92 ? 0 : 1);
