// Reads one directory of Terraform into blocks with the place where each begins, and collects what is found wrong with
// them.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { require } from '../modules.mjs';

export const { parse, getReferencesInExpression } = require('@cdktf/hcl2json');
export const isExpression = v => typeof v === 'string' && v.includes('${');
export const asList = v => (Array.isArray(v) ? v : v === undefined || v === null ? [] : [v]);

// "; did you mean …?", or nothing.
export function nearest(name, names) {
  const distance = (a, b) => {
    let row = [...Array(b.length + 1).keys()];
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++)
        next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      row = next;
    }
    return row[b.length];
  };
  const best = [...names].map(n => [distance(name, n), n]).sort((a, b) => a[0] - b[0])[0];
  return best && best[0] <= Math.max(2, name.length / 4) ? `; did you mean ${best[1]}?` : '';
}

export class Directory {
  constructor(dir) {
    this.dir = dir;
    this.findings = [];
    this.sources = new Map();
    for (const kind of ['resource', 'data', 'variable', 'output', 'local', 'module', 'provider']) this[kind] = {};
    this.terraform = [];
    this.files = readdirSync(dir)
      .filter(f => f.endsWith('.tf'))
      .sort();
  }

  static async read(dir) {
    const directory = new Directory(dir);
    for (const file of directory.files) await directory.#file(file);
    return directory;
  }

  report(rule, { file, line, name }, text) {
    this.findings.push({ rule, file, line, block: name, text });
  }
  lineOf(file, pattern) {
    return (
      Math.max(
        0,
        (this.sources.get(file)?.split('\n') ?? []).findIndex(l => pattern.test(l)),
      ) + 1
    );
  }
  of(type) {
    return Object.values(this.resource).filter(b => b.type === type);
  }
  get blocks() {
    return ['resource', 'data', 'variable', 'output', 'local', 'module', 'provider'].flatMap(kind =>
      Object.values(this[kind]),
    );
  }

  // The literal behind var.x or local.x, one step after the other; what is any other expression is not known:
  // undefined.
  known(value, depth = 0) {
    if (!isExpression(value)) return value;
    const m = /^\$\{(var|local)\.(\w+)\}$/.exec(value);
    if (!m || depth > 4) return undefined;
    return this.known(m[1] === 'var' ? this.variable[m[2]]?.body.default : this.local[m[2]]?.body.value, depth + 1);
  }

  async #file(file) {
    const text = readFileSync(join(this.dir, file), 'utf8');
    this.sources.set(file, text);
    const tree = await parse(file, text).catch(e => {
      const message = String(e.message ?? e);
      this.report(
        'syntax',
        { file, line: Number(/:(\d+),\d+-/.exec(message)?.[1] ?? 1), name: '' },
        message.replace(/^Error: /, '').replace(/^parse config: /, ''),
      );
      return {};
    });
    for (const [kind, value] of Object.entries(tree)) this.#blocks(file, kind, value);
  }

  #blocks(file, kind, value) {
    const at = pattern => ({ file, line: this.lineOf(file, pattern) });
    const add = (kind, key, block, bodies) => {
      if (kind !== 'provider' && (bodies.length > 1 || this[kind][key]))
        this.report('duplicate', block, `${block.name} is there more than once`);
      this[kind][key] = block;
    };
    if (kind === 'resource' || kind === 'data') {
      for (const [type, named] of Object.entries(value))
        for (const [label, bodies] of Object.entries(named)) {
          const name = kind === 'data' ? `data.${type}.${label}` : `${type}.${label}`;
          add(
            kind,
            `${type}.${label}`,
            { kind, type, label, name, body: bodies[0], ...at(new RegExp(`^\\s*${kind}\\s+"${type}"\\s+"${label}"`)) },
            bodies,
          );
        }
    } else if (['variable', 'output', 'module', 'provider'].includes(kind)) {
      for (const [label, bodies] of Object.entries(value)) {
        add(
          kind,
          label,
          { kind, label, name: `${kind}.${label}`, body: bodies[0], ...at(new RegExp(`^\\s*${kind}\\s+"${label}"`)) },
          bodies,
        );
      }
    } else if (kind === 'locals') {
      for (const body of value)
        for (const [label, expression] of Object.entries(body)) {
          this.local[label] = {
            kind: 'local',
            label,
            name: `local.${label}`,
            body: { value: expression },
            ...at(new RegExp(`^\\s*${label}\\s*=`)),
          };
        }
    } else if (kind === 'terraform') {
      this.terraform.push(...value.map(body => ({ kind, name: 'terraform', body, ...at(/^terraform\b/) })));
    } else if (!['moved', 'import', 'removed', 'check'].includes(kind)) {
      this.report('block', { name: kind, ...at(new RegExp(`^${kind}\\b`)) }, `Terraform has no block "${kind}"`);
    }
  }
}
