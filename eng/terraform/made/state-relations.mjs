// Policy on several resources together, and on what is inside containers and machines.
import { gunzipSync } from 'node:zlib';
import { looksSecret } from '../secret-names.mjs';

// Settings that are not in .env.example: what systems and other programs call theirs.
const others = new Set([
  'AWS_REGION',
  'TMPDIR',
  'PGHOST',
  'PGPORT',
  'PGDATABASE',
  'PGUSER',
  'PGPASSWORD',
  'PGSSLMODE',
  'PGSSLROOTCERT',
  'AUTH',
  'ROLES',
  // not in .env.example yet
  'MUSEUM_PASSWORD',
  'DASHBOARD_PASSWORD',
  'KAFKA_SASL_USERNAME',
  'KAFKA_SASL_PASSWORD',
]);

export function checkPairs(of, say) {
  for (const { address, values } of of('aws_s3_bucket')) {
    for (const type of [
      'aws_s3_bucket_server_side_encryption_configuration',
      'aws_s3_bucket_public_access_block',
      'aws_s3_bucket_versioning',
      'aws_s3_bucket_policy',
    ]) {
      if (of(type).length < of('aws_s3_bucket').length) say(address, `has no ${type}: ${values.bucket}`);
    }
  }
  for (const type of ['aws_db_instance', 'aws_kms_key', 'aws_sns_topic', 'aws_db_parameter_group'])
    if (of(type).length === 0) say(type, 'there is none');
  for (const { address, values } of of('aws_db_instance')) {
    const log = `/aws/rds/instance/${values.identifier}/postgresql`;
    if (!of('aws_cloudwatch_log_group').some(g => g.values.name === log))
      say(address, `RDS would make the log group ${log}, and keep it forever`);
  }
}

// An alarm on a number that nothing writes never rings.
export function checkAlarms(of, say) {
  const written = new Set(
    of('aws_cloudwatch_log_metric_filter').flatMap(f =>
      f.values.metric_transformation.map(t => `${t.namespace} ${t.name}`),
    ),
  );
  const asked = of('aws_cloudwatch_metric_alarm')
    .flatMap(({ address, values: a }) => [
      { address, namespace: a.namespace, name: a.metric_name },
      ...(a.metric_query ?? [])
        .flatMap(q => q.metric ?? [])
        .map(m => ({ address, namespace: m.namespace, name: m.metric_name })),
    ])
    .filter(a => a.name);
  for (const { address, namespace, name } of asked) {
    if (!namespace.startsWith('AWS/') && !written.has(`${namespace} ${name}`))
      say(address, `nothing writes ${namespace} ${name}`);
  }
  const names = of('aws_cloudwatch_metric_alarm').map(a => a.values.alarm_name);
  for (const wanted of ['no-presses', 'lag', 'refused-share', 'emergency-unacknowledged', 'database-full']) {
    if (!names.some(n => n.endsWith(`-${wanted}`))) say('aws_cloudwatch_metric_alarm', `there is no alarm ${wanted}`);
  }
  for (const { address, values } of of('aws_cloudwatch_log_metric_filter')) {
    if (!/^\{ \$\.event = "[a-z]+\.[a-z]+" && \$\.value >= 0 \}$/.test(values.pattern))
      say(address, `pattern ${values.pattern}`);
  }
}

function checkEnvironment(address, environment, say, settings) {
  for (const [name, value] of environment) {
    if (looksSecret(name)) say(address, `${name} is a plain environment variable`);
    if (!settings.has(name) && !others.has(name)) say(address, `${name} is no setting of the product`);
    if (/made-up|\$\{|null/.test(name) || value === '') say(address, `${name} is empty`);
  }
}

export function checkContainers(of, say, settings) {
  for (const { address, values } of of('aws_ecs_task_definition'))
    for (const c of JSON.parse(values.container_definitions)) {
      const at = `${address} ${c.name}`;
      if (!c.logConfiguration?.options?.['awslogs-group']) say(at, 'logs nowhere');
      if (!c.readonlyRootFilesystem) say(at, 'its root can be written to');
      if (c.privileged) say(at, 'privileged');
      if (!/[:@][^/]+$/.test(c.image) || /:latest$/.test(c.image)) say(at, `no version: ${c.image}`);
      checkEnvironment(
        at,
        (c.environment ?? []).map(e => [e.name, e.value]),
        say,
        settings,
      );
      for (const s of c.secrets ?? [])
        if (!/^arn:aws:[a-z-]+:[^:]+:\d{12}:/.test(s.valueFrom)) say(at, `${s.name} is no ARN: ${s.valueFrom}`);
    }
}

// What the machine would be told: user data as cloud-init gets it.
export function checkMachine(of, say, settings) {
  for (const { address, values } of of('aws_instance')) {
    const text = gunzipSync(Buffer.from(values.user_data_base64, 'base64')).toString();
    if (!text.startsWith('#cloud-config\n')) {
      say(address, 'its user data is no #cloud-config');
      continue;
    }
    if (values.user_data_base64.length * 0.75 > 16384) say(address, 'its user data is over 16 KiB');
    for (const { path, content } of JSON.parse(text.slice(text.indexOf('\n'))).write_files) {
      if (/\$\{|%\{/.test(content.replace(/\$\{(RUNTIME_DIRECTORY)/g, '')) && !path.includes('.service'))
        say(address, `${path}: a template was left unfilled`);
      if (path.endsWith('.env'))
        checkEnvironment(
          `${address} ${path}`,
          [...content.matchAll(/^(\w+)="(.*)"$/gm)].map(m => [m[1], m[2]]),
          say,
          settings,
        );
    }
  }
}
