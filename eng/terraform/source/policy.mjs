// Policy on the source: what must be said and is not, or is said as a literal and is wrong. What only a plan knows is
// for state-policy.mjs.
import { asList, isExpression, parse } from './read.mjs';
import { looksSecret } from '../secret-names.mjs';
import { faults } from '../unscoped.mjs';

const yes = v => v === true || v === 'true';
const refers = (value, address) => JSON.stringify(value ?? '').includes(address);
const world = v => v === '0.0.0.0/0' || v === '::/0';

// jsonencode({…}) is kept as text by the parser; what is in it is parsed once more, as a local.
async function encoded(value) {
  const inner = typeof value === 'string' && /^\$\{\s*jsonencode\(([\s\S]*)\)\s*\}$/.exec(value)?.[1];
  return inner
    ? asList(
        await parse('inner.tf', `locals {\n  it = ${inner}\n}`).then(
          t => t.locals[0].it,
          () => null,
        ),
      ).flat()
    : [];
}

// A statement of aws_iam_policy_document as IAM has it. An expression that holds the literal "*" counts as *.
function statement(directory, s) {
  const literal = v =>
    asList(v)
      .flat()
      .map(x => (isExpression(x) && /"\*"/.test(x) ? '*' : (directory.known(x) ?? x)))
      .filter(x => typeof x === 'string');
  const Principal = {};
  for (const p of asList(s.principals)) (Principal[p.type] ??= []).push(...literal(p.identifiers));
  return {
    Effect: s.effect ?? 'Allow',
    Action: literal(s.actions),
    Resource: literal(s.resources),
    NotAction: s.not_actions,
    NotResource: s.not_resources,
    Principal,
    Condition: s.condition,
  };
}

async function checkAccess(directory) {
  const say = block => text => directory.report('iam', block, text);
  for (const block of Object.values(directory.data).filter(b => b.type === 'aws_iam_policy_document')) {
    const dynamic = asList(block.body.dynamic)
      .flatMap(d => asList(d.statement))
      .flatMap(d => asList(d.content));
    for (const s of [...asList(block.body.statement), ...dynamic])
      [...faults(statement(directory, s))].forEach(say(block));
  }
  for (const block of Object.values(directory.resource)) {
    for (const document of (
      await Promise.all(['policy', 'assume_role_policy'].map(f => encoded(block.body[f])))
    ).flat()) {
      for (const s of asList(document?.Statement)) [...faults(s)].forEach(say(block));
    }
    if (block.type === 'aws_iam_role_policy_attachment')
      say(block)('attaches a policy that is written elsewhere; say what is allowed here');
    if (['aws_iam_access_key', 'aws_iam_user', 'aws_iam_user_login_profile'].includes(block.type))
      say(block)('makes a long-lived login; roles need none');
  }
}

// [type, argument, what it must be, what is wrong otherwise]
const needed = [
  ['aws_db_instance', 'storage_encrypted', yes, 'the storage is not encrypted'],
  [
    'aws_db_instance',
    'publicly_accessible',
    v => v === false || v === 'false',
    'the database may be reachable from the internet',
  ],
  ['aws_db_instance', 'deletion_protection', yes, 'can be deleted at once'],
  ['aws_db_instance', 'backup_retention_period', v => Number(v) >= 7, 'backups are kept less than 7 days'],
  ['aws_db_instance', 'skip_final_snapshot', v => !yes(v), 'no snapshot when it is deleted'],
  ['aws_db_instance', 'manage_master_user_password', yes, 'the password would lie in the state'],
  ['aws_db_instance', 'parameter_group_name', Boolean, 'has no parameter group of its own, which forces TLS'],
  ['aws_kms_key', 'enable_key_rotation', yes, 'the key is never rotated'],
  ['aws_cloudwatch_log_group', 'retention_in_days', v => Number(v) > 0, 'logs are kept forever'],
  ['aws_cloudwatch_log_group', 'kms_key_id', Boolean, 'is not encrypted with a key of its own'],
  ['aws_sns_topic', 'kms_master_key_id', Boolean, 'is not encrypted'],
  ['aws_sqs_queue', 'sqs_managed_sse_enabled', yes, 'is not encrypted'],
  ['aws_efs_file_system', 'encrypted', yes, 'is not encrypted'],
  ['aws_ebs_volume', 'encrypted', yes, 'is not encrypted'],
  ['aws_lb', 'enable_deletion_protection', yes, 'can be deleted at once'],
  ['aws_lb', 'drop_invalid_header_fields', yes, 'passes malformed headers on'],
  ['aws_instance', 'associate_public_ip_address', v => v === false, 'may get a public address'],
  ['aws_cloudwatch_metric_alarm', 'alarm_actions', v => v?.length !== 0, 'tells nobody'],
  ...['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'].map(f => [
    'aws_s3_bucket_public_access_block',
    f,
    yes,
    `${f} is not true`,
  ]),
];

const companions = [
  'aws_s3_bucket_server_side_encryption_configuration',
  'aws_s3_bucket_public_access_block',
  'aws_s3_bucket_versioning',
  'aws_s3_bucket_policy',
];

function checkNeeded(directory) {
  for (const [type, field, right, text] of needed)
    for (const block of directory.of(type)) {
      const value = block.body[field],
        known = directory.known(value);
      if (value === undefined || (known !== undefined && !right(known)))
        directory.report('policy', block, `${text} (${field})`);
    }
  for (const block of directory.of('aws_db_instance'))
    if (block.body.password !== undefined) directory.report('secret', block, 'the password lies in the state');
  for (const block of directory.of('aws_s3_bucket')) {
    for (const type of companions)
      if (
        !directory
          .of(type)
          .some(c => refers(c.body.bucket, `${block.name}.`) || refers(c.body.bucket, `${block.name}[`))
      )
        directory.report('policy', block, `has no ${type}`);
    if (yes(block.body.force_destroy))
      directory.report('policy', block, 'is deleted with all that is in it (force_destroy)');
  }
  for (const block of directory.of('aws_instance')) {
    if (!asList(block.body.metadata_options).some(m => directory.known(m.http_tokens) === 'required'))
      directory.report('policy', block, 'metadata without a token (http_tokens)');
    if (!asList(block.body.root_block_device).some(d => yes(directory.known(d.encrypted))))
      directory.report('policy', block, 'the disk is not encrypted');
    if (block.body.key_name !== undefined)
      directory.report('policy', block, 'has a key for SSH; Systems Manager needs none');
  }
  for (const block of directory.of('aws_lb_listener')) {
    const protocol = directory.known(block.body.protocol),
      tls = directory.known(block.body.ssl_policy);
    if (protocol === 'HTTP' && asList(block.body.default_action).some(a => a.type !== 'redirect'))
      directory.report('policy', block, 'serves without TLS');
    if (protocol === 'HTTPS' && !/TLS13/.test(String(tls)))
      directory.report('policy', block, `ssl_policy ${tls} lets old TLS in`);
  }
}

function checkOpen(directory) {
  const rules = [...directory.of('aws_vpc_security_group_ingress_rule').map(b => [b, b.body])];
  for (const block of directory.of('aws_security_group')) {
    const dynamic = asList(block.body.dynamic)
      .flatMap(d => asList(d.ingress))
      .flatMap(d => asList(d.content));
    rules.push(...[...asList(block.body.ingress), ...dynamic].map(rule => [block, rule]));
  }
  for (const [block, rule] of rules) {
    const from = ['cidr_blocks', 'ipv6_cidr_blocks', 'cidr_ipv4', 'cidr_ipv6']
      .flatMap(f => asList(rule[f]))
      .map(v => directory.known(v));
    if (from.some(world))
      directory.report('open', block, `port ${directory.known(rule.from_port) ?? '?'} is open to the whole world`);
  }
}

async function checkSecrets(directory) {
  for (const block of directory.of('aws_secretsmanager_secret_version'))
    directory.report('secret', block, 'a secret would lie in the state; put it there by hand');
  for (const block of directory.of('aws_ecs_task_definition')) {
    for (const container of await encoded(block.body.container_definitions)) {
      for (const e of asList(container?.environment))
        if (looksSecret(String(e?.name)))
          directory.report('secret', block, `${e.name} is a plain environment variable`);
    }
  }
  for (const [file, text] of directory.sources)
    text.split('\n').forEach((line, i) => {
      const key = /\b(AKIA|ASIA)[A-Z0-9]{16}\b/.test(line) || /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line);
      if (key) directory.report('secret', { file, line: i + 1, name: '' }, 'a key is written here');
    });
}

export async function checkPolicy(directory) {
  checkNeeded(directory);
  checkOpen(directory);
  await checkAccess(directory);
  await checkSecrets(directory);
}
