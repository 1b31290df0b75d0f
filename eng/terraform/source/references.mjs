// Every name that an expression speaks of must be there: variables, locals, resources and their attributes, modules and
// their outputs. Returns the names that are used.
import { asList, getReferencesInExpression, nearest } from './read.mjs';

const builtin = new Set(['each', 'count', 'self', 'path', 'terraform']);

// Every string of a body that has an expression in it, with the names its dynamic blocks bring (ingress.value).
function* expressions(value, names = []) {
  if (typeof value === 'string') {
    if (value.includes('${') || value.includes('%{')) yield [value, names];
    return;
  }
  if (Array.isArray(value)) {
    for (const v of value) yield* expressions(v, names);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'lifecycle') continue; // ignore_changes names arguments, not values
    if (key !== 'dynamic') {
      yield* expressions(inner, names);
      continue;
    }
    for (const d of asList(inner))
      for (const [name, bodies] of Object.entries(d))
        for (const body of asList(bodies)) {
          yield* expressions(body.for_each, names);
          yield* expressions(body.content, [
            ...names,
            body.iterator ? String(body.iterator).replace(/[${}]/g, '') : name,
          ]);
        }
  }
}

// Names that "for x in …" and "for k, v in …" bring.
const loopNames = text =>
  [...text.matchAll(/\bfor\s+(\w+)(?:\s*,\s*(\w+))?\s+in\b/g)].flatMap(m => [m[1], m[2]]).filter(Boolean);

class References {
  constructor(directory) {
    this.directory = directory;
    this.used = new Set();
  }

  check(owner, reference, text) {
    const parts = reference.split('.');
    const [head, second, third] = parts;
    const report = (rule, message) => this.directory.report(rule, owner, message);
    if (head === 'var' || head === 'local') {
      const declared = this.directory[head === 'var' ? 'variable' : 'local'];
      // A variable that only its own validation speaks of does nothing.
      if (owner.name !== `variable.${second}`) this.used.add(`${head}.${second}`);
      if (!declared[second])
        report('reference', `${head}.${second} is not declared${nearest(second ?? '', Object.keys(declared))}`);
    } else if (head === 'module') {
      const target = this.directory.module[second];
      this.used.add(`module.${second}`);
      if (!target)
        report(
          'reference',
          `module.${second} is not declared${nearest(second ?? '', Object.keys(this.directory.module))}`,
        );
      else this.output(target, third, text, report);
    } else {
      this.resource(parts, text, report);
    }
  }

  output(target, name, text, report) {
    const outputs = target.target?.output;
    if (!outputs) return;
    const indexed = [...text.matchAll(new RegExp(`\\bmodule\\.${target.label}\\[[^\\]]*\\]\\.(\\w+)`, 'g'))].map(
      m => m[1],
    );
    for (const output of indexed.length ? indexed : /^[a-z_]\w*$/.test(name ?? '') ? [name] : []) {
      if (!outputs[output])
        report('reference', `${target.name} has no output ${output}${nearest(output, Object.keys(outputs))}`);
    }
  }

  resource(parts, text, report) {
    const kind = parts[0] === 'data' ? 'data' : 'resource';
    const [type, name, attribute] = kind === 'data' ? parts.slice(1) : parts;
    if (!/^[a-z0-9]+_/.test(type)) {
      report('reference', `nothing is called ${parts.join('.')}`);
      return;
    }
    const address = `${kind === 'data' ? 'data.' : ''}${type}.${name}`;
    this.used.add(address);
    const target = this.directory[kind][`${type}.${name}`];
    if (!target) {
      const names = Object.values(this.directory[kind])
        .filter(b => b.type === type)
        .map(b => b.label);
      report('reference', `${address} is not declared${nearest(name ?? '', names)}`);
      return;
    }
    this.attribute(target, { type, name, attribute, address }, text, report);
  }

  attribute(target, { type, name, attribute, address }, text, report) {
    // type.name[0].attribute and type.name["x"].attribute come as type.name alone or with the index as a part of its
    // own.
    const counted = target.body.count !== undefined || target.body.for_each !== undefined;
    const offered = target.schema && [...Object.keys(target.schema.attributes), ...Object.keys(target.schema.blocks)];
    const isKey = text.includes(`${type}.${name}["${attribute}"]`);
    if (offered && !isKey && attribute !== undefined && /^[a-z_][a-z0-9_]*$/.test(attribute)) {
      const direct = new RegExp(`${type}\\.${name}\\.${attribute}\\b`).test(text);
      if (counted && direct)
        report('index', `${address} has count or for_each: an index is missing before .${attribute}`);
      else if (!offered.includes(attribute))
        report('reference', `${address} has no ${attribute}${nearest(attribute, offered)}`);
    }
    for (const m of text.matchAll(new RegExp(`\\b${type}\\.${name}\\[(?:[^\\]]*)\\]\\.(\\w+)`, 'g'))) {
      if (offered && !offered.includes(m[1])) report('reference', `${address}[…] has no ${m[1]}`);
    }
    if (!counted && new RegExp(`\\b${type}\\.${name}\\[`).test(text))
      report('index', `${address} has neither count nor for_each, so it takes no index`);
  }
}

// What an expression speaks of. The parser's own function does not look into every for and every template, and gives up
// on quotes that it has itself taken the escapes from; plain names are found by their text too.
async function referencesIn(text) {
  const found = await getReferencesInExpression('x.tf', text).then(
    list => list.map(r => r.value),
    () => [],
  );
  const inside = [...text.matchAll(/[$%]\{([\s\S]*)\}/g)].map(m => m[1]).join(' ');
  for (const [name] of inside.matchAll(
    /(?<![\w.\-"])(?:(?:var|local)\.\w+|module\.\w+(?:\.\w+)?|data\.\w+\.\w+(?:\.\w+)?|aws_\w+\.\w+(?:\.\w+)?)/g,
  ))
    found.push(name);
  return new Set(found);
}

export async function checkReferences(directory) {
  const references = new References(directory);
  for (const block of directory.blocks) {
    const seen = new Set();
    const { type, ...rest } = block.body;
    for (const [text, names] of expressions(block.kind === 'variable' ? rest : block.body)) {
      const found = await referencesIn(text);
      const brought = new Set([...builtin, ...names, ...loopNames(text)]);
      for (const value of found) {
        if (brought.has(value.split(/[.[]/)[0]) || seen.has(value)) continue;
        seen.add(value);
        references.check(block, value.replaceAll('"', ''), text);
      }
    }
    for (const dependency of asList(block.body.depends_on)) {
      const target = String(dependency)
        .replace(/^\$\{|\}$/g, '')
        .replace(/\[.*$/, '');
      if (target && !seen.has(target)) references.check(block, target, target);
    }
  }
  return references.used;
}
