// A Terraform provider that is only its schema. It accepts what fits, plans what was asked for with everything else
// unknown, and "applies" by making up what AWS would answer. It knows aws_iam_policy_document in full, since that is
// computed without AWS.
import { decode, encode, Unknown } from './msgpack.mjs';
import { openSchema } from './schema.mjs';

const account = '123456789012',
  region = 'eu-west-2';

// Arguments that AWS makes up where they are left out, although they may be set.
const madeUp = new Set([
  'id',
  'arn',
  'name',
  'identifier',
  'bucket',
  'availability_zone',
  'port',
  'key_id',
  'region',
  'tags_all',
  'address',
  'policy',
]);
const nestingModes = { single: 1, list: 2, set: 3, map: 4 };

function wireBlock({ attributes, blocks }) {
  return {
    attributes: Object.entries(attributes).map(([name, a]) => ({
      name,
      type: Buffer.from(JSON.stringify(a.type)),
      required: a.required,
      optional: a.settable && !a.required,
      computed: !a.required,
      sensitive: /(^|_)(password|secret_string|secret_binary|private_key(_pem)?)$/.test(name),
      write_only: false,
    })),
    block_types: Object.entries(blocks).map(([type_name, b]) => ({
      type_name,
      block: wireBlock(b.block),
      nesting: nestingModes[b.nesting],
      min_items: b.required && b.nesting !== 'single' ? 1 : 0,
      max_items: b.single ? 1 : 0,
    })),
  };
}
const wire = schema => ({ version: 0, block: wireBlock(schema) });

// What is unknown until AWS has answered, in nested blocks too.
function planned(value, schema, top = true) {
  if (value === null || value instanceof Unknown) return value;
  const result = { ...value };
  for (const [name, a] of Object.entries(schema.attributes)) {
    if (result[name] === null && (!a.settable || (top && madeUp.has(name)))) result[name] = new Unknown();
  }
  for (const [name, b] of Object.entries(schema.blocks)) {
    if (Array.isArray(result[name])) result[name] = result[name].map(v => planned(v, b.block, false));
    else if (b.nesting === 'single') result[name] = planned(result[name], b.block, false);
  }
  return result;
}

// Terraform lets arguments through that the provider only tells; to refuse them is the provider's part.
function refused(value, schema, path = []) {
  if (value === null || value instanceof Unknown || typeof value !== 'object') return [];
  const result = [];
  for (const [name, a] of Object.entries(schema.attributes)) {
    if (a.settable || value[name] === null || value[name] === undefined) continue;
    const detail = `${[...path, name].join('.')} is told by the provider and cannot be set.`;
    result.push({
      severity: 1,
      summary: 'Value for unconfigurable attribute',
      detail,
      attribute: { steps: [{ attribute_name: path[0] ?? name }] },
    });
  }
  for (const [name, b] of Object.entries(schema.blocks)) {
    for (const inner of [value[name]].flat()) if (inner) result.push(...refused(inner, b.block, [...path, name]));
  }
  return result;
}

// aws_msk_cluster has arn:aws:msk:eu-west-2:123456789012:cluster/made-up.
function invent(type, name, of) {
  const [, service, ...rest] = of.split('_');
  if (type === 'string') {
    if (name === 'account_id') return account;
    if (name === 'region') return region;
    if (name === 'cidr_block') return '10.0.0.0/24';
    return name === 'arn' || name.endsWith('_arn')
      ? `arn:aws:${service}:${region}:${account}:${rest.join('-')}/made-up`
      : `made-up-${name.replaceAll('_', '-')}`;
  }
  if (type === 'number') return 1;
  if (type === 'bool') return true;
  if (!Array.isArray(type)) return null;
  if (type[0] === 'map') return {};
  if (type[0] === 'object') return Object.fromEntries(Object.entries(type[1]).map(([n, t]) => [n, invent(t, n, of)]));
  if (type[1] === 'string')
    return ['a', 'b', 'c'].map(letter => (name.endsWith('_arns') ? invent('string', 'arn', of) : `made-up-${letter}`));
  return type[1] === 'number' ? [1, 2, 3] : [invent(type[1], name, of)];
}

function settle(value, schema, of) {
  if (value === null) return value;
  const result = { ...value };
  for (const [n, a] of Object.entries(schema.attributes))
    if (result[n] instanceof Unknown) result[n] = invent(a.type, n, of);
  for (const [n, b] of Object.entries(schema.blocks))
    if (Array.isArray(result[n])) result[n] = result[n].map(x => settle(x, b.block, of));
  return result;
}

function policyDocument(config) {
  const many = v => (!v?.length ? undefined : v.length === 1 ? v[0] : [...v].sort());
  const principals = list =>
    !list?.length
      ? undefined
      : list.some(p => p.type === '*')
        ? '*'
        : Object.fromEntries(list.map(p => [p.type, many(p.identifiers)]));
  const conditions = list => {
    if (!list?.length) return undefined;
    const result = {};
    for (const c of list) (result[c.test] ??= {})[c.variable] = many(c.values);
    return result;
  };
  const own = (config.statement ?? []).map(s => ({
    Sid: s.sid || undefined,
    Effect: s.effect ?? 'Allow',
    Action: many(s.actions),
    NotAction: many(s.not_actions),
    Resource: many(s.resources),
    NotResource: many(s.not_resources),
    Principal: principals(s.principals),
    NotPrincipal: principals(s.not_principals),
    Condition: conditions(s.condition),
  }));
  const others = (config.source_policy_documents ?? []).flatMap(text => JSON.parse(text).Statement ?? []);
  return JSON.stringify({ Version: config.version ?? '2012-10-17', Statement: [...others, ...own] });
}

function readData(type, config, schema) {
  const result = { ...config };
  for (const [n, a] of Object.entries(schema.attributes))
    if (result[n] === null && (!a.settable || n === 'id' || n === 'cidr_block')) result[n] = invent(a.type, n, type);
  if (type === 'aws_iam_policy_document') result.json = result.minified_json = policyDocument(config);
  if (type === 'aws_region') result.region ??= region;
  return result;
}

// The answers to Terraform's calls, for the types that are spoken of.
export function provider(name, wanted) {
  const schema = openSchema(name);
  if (!schema) throw new Error(`there is no package @cdktf/provider-${name}`);
  const blocks = { resource: {}, data: {} };
  for (const kind of ['resource', 'data'])
    for (const type of wanted[kind]) {
      const block = type.split('_')[0] === name ? schema.block(kind, type) : null;
      if (block) blocks[kind][type] = block;
    }
  const wireAll = kind => Object.fromEntries(Object.entries(blocks[kind]).map(([t, b]) => [t, wire(b)]));
  const pack = value => ({ msgpack: encode(value) });
  const unpack = d => (d?.msgpack?.length ? decode(d.msgpack) : d?.json?.length ? JSON.parse(d.json.toString()) : null);
  const plan = r => {
    const proposed = unpack(r.proposed_new_state);
    return proposed && unpack(r.prior_state) === null ? planned(proposed, blocks.resource[r.type_name]) : proposed;
  };
  return {
    GetSchema: () => ({
      provider: wire(schema.block('provider', name)),
      resource_schemas: wireAll('resource'),
      data_source_schemas: wireAll('data'),
    }),
    PrepareProviderConfig: r => ({ prepared_config: r.config }),
    ValidateResourceTypeConfig: r => ({ diagnostics: refused(unpack(r.config), blocks.resource[r.type_name]) }),
    ValidateDataSourceConfig: r => ({ diagnostics: refused(unpack(r.config), blocks.data[r.type_name]) }),
    Configure: () => ({}),
    UpgradeResourceState: r => ({ upgraded_state: pack(JSON.parse(r.raw_state.json.toString())) }),
    ReadResource: r => ({ new_state: r.current_state, private: r.private }),
    PlanResourceChange: r => ({
      planned_state: pack(plan(r)),
      planned_private: r.prior_private,
      legacy_type_system: true,
    }),
    ApplyResourceChange: r => ({
      new_state: pack(settle(unpack(r.planned_state), blocks.resource[r.type_name], r.type_name)),
      private: r.planned_private,
      legacy_type_system: true,
    }),
    ReadDataSource: r => ({ state: pack(readData(r.type_name, unpack(r.config), blocks.data[r.type_name])) }),
    Stop: () => ({}),
  };
}
