// Reads what a Terraform provider knows (types, arguments, nested blocks, which are required) out of its
// @cdktf/provider-* package: the only place in npm's registry where a provider's schema can be had. The package's
// JavaScript is generated and regular, so it is read as text; loading it would take seconds and the runtime of cdktf.
//   const schema = openSchema('aws');
//   schema.block('resource', 'aws_s3_bucket')   { attributes: { name: { type, required, settable } },
//                                                 blocks: { name: { nesting, single, required, block } } }
//   schema.block('data', 'aws_region')          the same; null where the provider has no such type
// The package does not tell which optional arguments the provider fills in by itself, default values, allowed values
// and conflicts.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { modules } from '../modules.mjs';

const simple = { string: 'string', number: 'number', boolean: 'bool', any: 'dynamic' };
const nested = { List: 'list', Map: 'map' };

// "stringMapList" is ["list", ["map", "string"]]
function element(storage) {
  const suffix = /^(.*)(List|Map)$/.exec(storage);
  return suffix ? [nested[suffix[2]], element(suffix[1])] : (simple[storage] ?? 'dynamic');
}

function attributeType(kind, storage) {
  if (kind === 'simple') return simple[storage] ?? 'dynamic';
  const inner = /^(.*)(List|Map)$/.exec(storage);
  return [kind, element(inner ? inner[1] : storage)];
}

const getterTypes = [
  [/getStringAttribute/, 'string'],
  [/getNumberAttribute/, 'number'],
  [/getBooleanAttribute/, 'bool'],
  [/getStringMapAttribute/, ['map', 'string']],
  [/getNumberMapAttribute/, ['map', 'number']],
  [/getBooleanMapAttribute/, ['map', 'bool']],
  [/tolist\(this\.getListAttribute/, ['set', 'string']],
  [/getListAttribute/, ['list', 'string']],
  [/tolist\(this\.getNumberListAttribute/, ['set', 'number']],
  [/getNumberListAttribute/, ['list', 'number']],
];

// One folder of the package: one resource, data source or the provider itself.
class Source {
  constructor(folder) {
    this.js = readFileSync(join(folder, 'index.js'), 'utf8');
    const types = readFileSync(join(folder, 'index.d.ts'), 'utf8');
    this.blocks = new Map();
    // function fooBarToHclTerraform(struct) { … const attrs = { … } }: what may be written inside a nested block.
    this.structs = new Map(
      [...this.js.matchAll(/^function (\w+)ToHclTerraform\(struct\) \{\n([\s\S]*?)^\}/gm)].map(m => [
        m[1].toLowerCase(),
        m[2],
      ]),
    );
    this.classes = new Map(
      [...this.js.matchAll(/^class (\w+) extends cdktf\.(\w+) \{\n([\s\S]*?)^\}/gm)].map(m => [
        m[1],
        { base: m[2], body: m[3] },
      ]),
    );
    this.interfaces = new Map(
      [...types.matchAll(/^export interface (\w+)(?: extends [\w.]+)? \{\n([\s\S]*?)^\}/gm)].map(m => [m[1], m[2]]),
    );
  }

  // The required members of an interface: "readonly name:", without a question mark.
  required(name) {
    return new Set([...(this.interfaces.get(name) ?? '').matchAll(/^ {4}readonly (\w+):/gm)].map(m => m[1]));
  }

  main() {
    const [name, { body }] = [...this.classes].find(([, c]) =>
      /^Terraform(Resource|DataSource|Provider)$/.test(c.base),
    );
    return this.block(
      body.slice(body.indexOf('synthesizeHclAttributes()')),
      body,
      this.required(`${name}Config`),
      true,
    );
  }

  nested(name) {
    const key = name.toLowerCase();
    if (!this.blocks.has(key)) {
      this.blocks.set(key, { attributes: {}, blocks: {} });
      const body = this.classes.get(`${name}OutputReference`)?.body ?? '';
      Object.assign(this.blocks.get(key), this.block(this.structs.get(key) ?? '', body, this.required(name), false));
    }
    return this.blocks.get(key);
  }

  block(written, body, required, top) {
    const attributes = {},
      blocks = {};
    const indent = top ? 12 : 8;
    const entry = new RegExp(
      `^ {${indent}}(\\w+): \\{\\n\\s+value: (.*),\\n\\s+isBlock: (true|false),\\n\\s+type: "(\\w+)",\\n\\s+storageClassType: "(\\w+)",`,
      'gm',
    );
    for (const [, name, value, isBlock, kind, storage] of written.matchAll(entry)) {
      const member = /(?:this\._|struct\.|struct\?\.)(\w+?)(?:\.internalValue)?\)/.exec(value)?.[1] ?? name;
      if (isBlock === 'false') {
        attributes[name] = { type: attributeType(kind, storage), required: required.has(member), settable: true };
        continue;
      }
      const inner = kind === 'struct' ? storage : storage.replace(/(List|Map)$/, '');
      // A list that holds one at most is generated as a reference to its only element: super(resource, attribute,
      // false, 0)
      const reference = this.classes.get(`${inner}OutputReference`)?.body ?? '';
      const single =
        kind !== 'struct' && /super\(terraformResource, terraformAttribute, (?:true|false), 0\)/.test(reference);
      blocks[name] = {
        nesting: kind === 'struct' ? 'single' : kind,
        single,
        required: required.has(member),
        block: this.nested(inner),
      };
    }
    this.computed(body, attributes, blocks);
    return { attributes, blocks };
  }

  // What the provider only tells: computed, not settable.
  computed(body, attributes, blocks) {
    const free = name => !attributes[name] && !blocks[name];
    for (const [, name, getter] of body.matchAll(
      /^ {4}\/\/ (\w+) - computed: true, optional: false, required: false\n {4}get \w+\(\) \{\n\s+return (.*);/gm,
    )) {
      const type = getterTypes.find(([pattern]) => pattern.test(getter))?.[1];
      if (type && free(name)) attributes[name] = { type, required: false, settable: false };
    }
    for (const [, name, list, isSet] of body.matchAll(
      /^ {8}\/\/ (\w+) - computed: true, optional: false, required: false\n {8}this\._\w+ = new (\w+?)\(this, "\w+"(?:, (true|false))?\)/gm,
    )) {
      if (free(name))
        attributes[name] = { type: this.computedObject(list, isSet === 'true'), required: false, settable: false };
    }
  }

  computedObject(list, isSet) {
    const { attributes } = this.nested(list.replace(/(List|Map|OutputReference)$/, ''));
    const object = ['object', Object.fromEntries(Object.entries(attributes).map(([name, a]) => [name, a.type]))];
    if (list.endsWith('OutputReference')) return object;
    return [list.endsWith('Map') ? 'map' : isSet ? 'set' : 'list', object];
  }
}

// Null where the package is not there.
export function openSchema(provider) {
  const root = join(modules, '@cdktf', `provider-${provider}`, 'lib');
  if (!existsSync(root)) return null;
  const folders = readdirSync(root).filter(folder => existsSync(join(root, folder, 'index.js')));
  const found = new Map(),
    read = new Map();
  const declared = folder =>
    /terraformResourceType: '(\w+)'/.exec(readFileSync(join(root, folder, 'index.js'), 'utf8'))?.[1];
  const find = (kind, type) => {
    const key = `${kind} ${type}`;
    if (found.has(key)) return found.get(key);
    // aws_db_instance lies in db-instance, data.aws_region in data-aws-region; a few folders are named after a class
    // instead.
    let folder = (kind === 'data' ? `data-${provider}-` : '') + type.replace(`${provider}_`, '').replaceAll('_', '-');
    if (!folders.includes(folder) || declared(folder) !== type) {
      folder = folders.find(f => f.startsWith('data-') === (kind === 'data') && declared(f) === type) ?? null;
    }
    found.set(key, folder);
    return folder;
  };
  return {
    block(kind, type) {
      const folder = kind === 'provider' ? 'provider' : find(kind, type);
      if (!folder) return null;
      if (!read.has(folder)) read.set(folder, new Source(join(root, folder)).main());
      return read.get(folder);
    },
    types: kind =>
      folders
        .filter(f => f.startsWith('data-') === (kind === 'data'))
        .map(f => `${provider}_${f.replace(/^data-\w+?-/, '').replaceAll('-', '_')}`),
    version() {
      const text = readFileSync(
        join(
          root,
          folders.find(f => f !== 'provider' && declared(f)),
          'index.js',
        ),
        'utf8',
      );
      return /providerVersion: '([\d.]+)'/.exec(text)?.[1];
    },
  };
}
