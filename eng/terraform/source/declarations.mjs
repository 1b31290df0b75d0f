// Variables, outputs, the example of a terraform.tfvars, the README, and the versions that are asked for.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { literalFits, providerOf } from './arguments.mjs';
import { asList, nearest, parse } from './read.mjs';
import { looksSecret } from '../secret-names.mjs';

export function checkDeclarations(directory, used) {
  for (const block of Object.values(directory.variable)) {
    if (!String(block.body.description ?? '').trim())
      directory.report('description', block, `${block.name} has no description`);
    if (block.body.type === undefined) directory.report('typed', block, `${block.name} has no type`);
    if (!used.has(`var.${block.label}`)) directory.report('unused', block, `${block.name} is used nowhere`);
    const holdsSecret = looksSecret(block.label) && !/^\$\{(map|object)\(/.test(String(block.body.type));
    if (holdsSecret && block.body.sensitive !== true)
      directory.report('secret', block, `${block.name} looks like a secret and is not sensitive: it would be printed`);
    if (holdsSecret && ![undefined, null, ''].includes(block.body.default))
      directory.report('secret', block, `${block.name} is a secret with a default in the source`);
  }
  for (const block of Object.values(directory.output)) {
    if (!String(block.body.description ?? '').trim())
      directory.report('description', block, `${block.name} has no description`);
    const text = JSON.stringify(block.body.value ?? '');
    const secret =
      [...text.matchAll(/\bvar\.(\w+)/g)].some(m => directory.variable[m[1]]?.body.sensitive === true) ||
      /(?<!\blocal)\.(password|secret_string|secret_binary|private_key_pem|master_password)\b/.test(text);
    if (secret && block.body.sensitive !== true) directory.report('secret', block, `${block.name} shows a secret`);
  }
  for (const block of [...Object.values(directory.local), ...Object.values(directory.data)]) {
    if (!used.has(block.name)) directory.report('unused', block, `${block.name} is used nowhere`);
  }
}

export async function checkExample(directory, name) {
  const at = { file: name, line: 1, name: '' };
  const path = join(directory.dir, name);
  if (!existsSync(path)) {
    directory.report('example', at, `there is no ${name}`);
    return;
  }
  const text = readFileSync(path, 'utf8');
  directory.sources.set(name, text);
  // Variables may stand there behind a comment sign: # log_days = 90
  const commented = [...text.matchAll(/^\s*#\s*(\w+)\s*=/gm)].map(m => m[1]);
  const values = await parse('example.tf', `locals {\n${text}\n}`).then(
    t => t.locals[0],
    e => {
      directory.report('syntax', at, String(e.message ?? e));
      return null;
    },
  );
  if (!values) return;
  for (const variable of Object.keys(directory.variable)) {
    if (!(variable in values) && !commented.includes(variable))
      directory.report('example', at, `${variable} is not in ${name}`);
  }
  for (const [variable, value] of [...Object.entries(values), ...commented.map(c => [c, undefined])]) {
    const line = { ...at, line: directory.lineOf(name, new RegExp(`^\\s*(?:#\\s*)?${variable}\\s*=`)) };
    const declared = directory.variable[variable];
    if (!declared)
      directory.report(
        'example',
        line,
        `${name} sets ${variable}, which is no variable${nearest(variable, Object.keys(directory.variable))}`,
      );
    else if (value !== undefined && !fits(value, declared))
      directory.report('type', line, `${variable} wants ${declared.body.type}`);
  }
}

function fits(value, { body }) {
  const type = String(body.type ?? '').replace(/^\$\{|\}$/g, '');
  if (value === null) return true;
  if (/^(list|set)\(/.test(type)) return literalFits(value, ['list', 'dynamic']);
  if (/^(map|object)\(/.test(type)) return literalFits(value, ['map', 'dynamic']);
  return literalFits(value, type);
}

export function checkReadme(directory, name) {
  const text = existsSync(join(directory.dir, name)) ? readFileSync(join(directory.dir, name), 'utf8') : '';
  for (const block of [...Object.values(directory.variable), ...Object.values(directory.output)]) {
    if (!text.includes('`' + block.label + '`'))
      directory.report('readme', block, `${name} does not tell of ${block.name}`);
  }
  const table = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(m => m[1]);
  for (const told of table.filter(t => /^[a-z]/.test(t))) {
    if (!directory.variable[told] && !directory.output[told])
      directory.report(
        'readme',
        { file: name, line: 1, name: '' },
        `${name} tells of ${told}, which is neither variable nor output`,
      );
  }
}

export function checkVersions(directory) {
  const root = directory.terraform[0] ?? { file: directory.files[0], line: 1, name: 'terraform' };
  if (!directory.terraform.some(t => t.body.required_version))
    directory.report('versions', root, 'required_version is missing');
  const required = Object.assign({}, ...directory.terraform.flatMap(t => asList(t.body.required_providers)));
  const spokenOf = new Set(
    [...Object.values(directory.resource), ...Object.values(directory.data)].map(b => providerOf(b.type)),
  );
  spokenOf.delete('terraform');
  for (const provider of spokenOf) {
    if (!required[provider]) directory.report('versions', root, `required_providers has no ${provider}`);
    else if (!/~>|=|</.test(String(required[provider].version ?? '')))
      directory.report('versions', root, `the version of ${provider} is not bounded`);
  }
}
