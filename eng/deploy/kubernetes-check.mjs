// node kubernetes-check.mjs FILE…: manifests against the schemas of Kubernetes' API, and against its types: the schemas
// let unknown fields through.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';

const modules = join(fileURLToPath(new URL('.', import.meta.url)), 'node_modules');
const documents = process.argv.slice(2).flatMap(file => loadAll(readFileSync(file, 'utf8')).filter(Boolean));
const title = document => `${document.kind} ${document.metadata?.name}`;
const findings = [];

for (const document of documents) {
  document.path = `kubernetes-models/${document.apiVersion}`;
  try {
    const { path, ...manifest } = document;
    const Kind = (await import(path))[document.kind];
    if (!Kind) throw new Error(`${document.apiVersion} has no such kind`);
    new Kind(manifest).validate();
  } catch (error) {
    findings.push(`${title(document)}: ${error.message.split('\n')[0]}`);
  }
}

const work = mkdtempSync(join(tmpdir(), 'museum-manifests-'));
symlinkSync(modules, join(work, 'node_modules'));
writeFileSync(join(work, 'package.json'), '{ "type": "module" }');
const files = documents.map(({ path, ...manifest }, n) => {
  writeFileSync(join(work, `d${n}.ts`), `import type { I${manifest.kind} } from '${path}';\nexport const d: I${manifest.kind} = ${JSON.stringify(manifest)};\n`);
  return `d${n}.ts`;
});
const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--moduleResolution', 'nodenext',
  '--target', 'es2022'];
const compiler = spawnSync(join(modules, '.bin/tsc'), [...options, ...files], { encoding: 'utf8', cwd: work });
rmSync(work, { recursive: true });
for (const [, n, text] of compiler.stdout.matchAll(/d(\d+)\.ts\S* ?-? ?error TS\d+: (.*)/g))
  findings.push(`${title(documents[n])}: ${text.slice(0, 200)}`);
if (compiler.status !== 0 && findings.length === 0) findings.push(`tsc ended with ${compiler.status}: ${(compiler.stderr || compiler.stdout || String(compiler.error)).slice(0, 300)}`);

findings.forEach(finding => console.log(finding));
process.exit(findings.length || documents.length === 0 ? 1 : 0);
