#!/usr/bin/env node
// Checks a configuration and the modules it calls without Terraform:  static.mjs DIR   (1: something was found)
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { checkArguments, checkModules, schemaOf } from './arguments.mjs';
import { checkDeclarations, checkExample, checkReadme, checkVersions } from './declarations.mjs';
import { checkPolicy } from './policy.mjs';
import { Directory } from './read.mjs';
import { checkReferences } from './references.mjs';

const root = resolve(process.argv[2] ?? '.');
const directories = new Map();

async function read(dir) {
  if (directories.has(dir) || !existsSync(dir)) return;
  const directory = await Directory.read(dir);
  directories.set(dir, directory);
  for (const { body } of Object.values(directory.module))
    if (/^\.\.?\//.test(body.source)) await read(resolve(dir, body.source));
}
await read(root);

for (const [dir, directory] of directories) {
  checkArguments(directory);
  checkModules(directory, source => directories.get(resolve(dir, source)));
}
for (const [dir, directory] of directories) {
  checkDeclarations(directory, await checkReferences(directory));
  checkVersions(directory);
  await checkPolicy(directory);
  if (dir === root) {
    await checkExample(directory, 'terraform.tfvars.example');
    checkReadme(directory, 'README.md');
  }
}

let found = 0;
const count = kind => [...directories.values()].reduce((sum, d) => sum + Object.keys(d[kind]).length, 0);
for (const [dir, { findings }] of directories)
  for (const f of findings.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line)) {
    found++;
    console.log(
      `${relative(root, resolve(dir, f.file))}:${f.line}: [${f.rule}] ${f.block ? `${f.block}: ` : ''}${f.text}`,
    );
  }
console.log(
  `${directories.size} directories, ${count('resource')} resources, ${count('variable')} variables against aws ${schemaOf('aws')?.version()}: ${found} findings`,
);
process.exit(found ? 1 : 0);
