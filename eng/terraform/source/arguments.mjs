// Blocks against what the provider, or a module of ours, takes: unknown, missing and computed arguments, and literals
// of the wrong type.
import { asList, isExpression, nearest } from './read.mjs';
import { openSchema } from '../provider/schema.mjs';

const meta = new Set(['count', 'for_each', 'depends_on', 'provider', 'lifecycle', 'provisioner', 'connection']);
const schemas = new Map();
export const providerOf = type => type.split('_')[0];

export function schemaOf(provider) {
  if (!schemas.has(provider)) schemas.set(provider, openSchema(provider));
  return schemas.get(provider);
}

export function literalFits(value, type) {
  if (value === null || isExpression(value)) return true;
  if (Array.isArray(type)) {
    if (type[0] === 'map' || type[0] === 'object') return typeof value === 'object' && !Array.isArray(value);
    return Array.isArray(value) && value.every(v => literalFits(v, type[1]));
  }
  if (typeof value === 'object') return type === 'dynamic';
  if (type === 'number') return typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(value);
  if (type === 'bool') return typeof value === 'boolean' || value === 'true' || value === 'false';
  return true;
}

class BlockCheck {
  constructor(directory, owner) {
    this.owner = owner;
    this.report = (rule, text) => directory.report(rule, owner, text);
  }

  body(body, schema, path) {
    const where = path.length ? ` in ${path.join('.')}` : '';
    const dynamic = Object.fromEntries(asList(body.dynamic).flatMap(d => Object.entries(d)));
    const seen = new Set(Object.keys(dynamic));
    for (const [name, value] of Object.entries(body)) {
      if (name === 'dynamic' || (path.length === 0 && meta.has(name))) continue;
      seen.add(name);
      this.#entry(name, value, schema, path, where);
    }
    for (const [name, bodies] of Object.entries(dynamic)) this.#dynamic(name, bodies, schema, path, where);
    for (const [name, a] of Object.entries(schema.attributes))
      if (a.required && !seen.has(name)) this.report('required', `${name}${where} is missing`);
    for (const [name, b] of Object.entries(schema.blocks))
      if (b.required && !seen.has(name)) this.report('required', `the block ${name}${where} is missing`);
  }

  #entry(name, value, schema, path, where) {
    const attribute = schema.attributes[name],
      block = schema.blocks[name];
    if (attribute) {
      if (!attribute.settable) this.report('computed', `${name}${where} is told by the provider and cannot be set`);
      else if (!literalFits(value, attribute.type))
        this.report('type', `${name}${where} wants ${JSON.stringify(attribute.type)}, not ${JSON.stringify(value)}`);
    } else if (block) {
      if (isExpression(value)) return; // name = [for …]: what is inside is not known
      const bodies = asList(value);
      if ((block.single || block.nesting === 'single') && bodies.length > 1)
        this.report('repeat', `${name}${where} may be there once only`);
      for (const inner of bodies)
        if (inner && typeof inner === 'object') this.body(inner, block.block, [...path, name]);
    } else {
      const known = [...Object.keys(schema.attributes), ...Object.keys(schema.blocks)];
      const rule = value !== null && typeof value === 'object' ? 'block' : 'argument';
      this.report(rule, `${this.owner.type ?? this.owner.name} has no ${name}${where}${nearest(name, known)}`);
    }
  }

  #dynamic(name, bodies, schema, path, where) {
    const block = schema.blocks[name];
    if (!block) {
      this.report(
        'block',
        `${this.owner.type} has no block ${name}${where}${nearest(name, Object.keys(schema.blocks))}`,
      );
      return;
    }
    for (const d of asList(bodies)) {
      if (d.for_each === undefined) this.report('required', `dynamic ${name}${where} has no for_each`);
      for (const inner of asList(d.content)) this.body(inner, block.block, [...path, name]);
    }
  }
}

export function checkArguments(directory) {
  for (const block of [...Object.values(directory.resource), ...Object.values(directory.data)]) {
    if (block.type === 'terraform_data') continue;
    const provider = schemaOf(providerOf(block.type));
    if (!provider) {
      directory.report(
        'unchecked',
        block,
        `there is no package @cdktf/provider-${providerOf(block.type)}, so ${block.type} cannot be checked`,
      );
      continue;
    }
    block.schema = provider.block(block.kind, block.type);
    if (block.schema) new BlockCheck(directory, block).body(block.body, block.schema, []);
    else
      directory.report(
        'unknown',
        block,
        `the provider has no ${block.kind} ${block.type}${nearest(block.type, provider.types(block.kind))}`,
      );
  }
  for (const block of Object.values(directory.provider)) {
    const schema = schemaOf(block.label)?.block('provider', block.label);
    const { alias, ...body } = block.body;
    if (schema) new BlockCheck(directory, block).body(body, schema, []);
  }
}

// Calls of our own modules; modules: path → Directory.
export function checkModules(directory, modules) {
  for (const block of Object.values(directory.module)) {
    block.target = modules(String(block.body.source));
    if (!block.target) {
      directory.report('unknown', block, `there is no module ${block.body.source}`);
      continue;
    }
    const { source, count, for_each, depends_on, providers, ...passed } = block.body;
    const variables = block.target.variable;
    for (const name of Object.keys(passed)) {
      if (!variables[name])
        directory.report(
          'argument',
          block,
          `${block.body.source} has no variable ${name}${nearest(name, Object.keys(variables))}`,
        );
    }
    for (const [name, variable] of Object.entries(variables)) {
      if (variable.body.default === undefined && !(name in passed))
        directory.report('required', block, `${name} is missing`);
    }
  }
}
