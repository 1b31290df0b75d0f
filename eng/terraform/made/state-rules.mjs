// By type: [what is wrong, its text] for the values of one resource.
const world = v => v === '0.0.0.0/0' || v === '::/0';
const parameter = (a, name) => a.parameter?.find(p => p.name === name)?.value;

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html: MB of memory for CPU units.
const steps = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => (from + i) * 1024);
const fargate = { 256: [512, 1024, 2048], 512: steps(1, 4), 1024: steps(2, 8), 2048: steps(4, 16), 4096: steps(8, 30) };

export const rules = {
  aws_db_instance: a => [
    [a.engine !== 'postgres', `engine ${a.engine}`],
    [!a.storage_encrypted || !a.kms_key_id, 'not encrypted with a key of its own'],
    [a.publicly_accessible !== false, 'public'],
    [!a.deletion_protection, 'may be deleted'],
    [!(a.backup_retention_period >= 7), 'backups under 7 days'],
    [a.skip_final_snapshot !== false, 'no final snapshot'],
    [!a.manage_master_user_password, 'its password is not kept by RDS'],
    [!a.iam_database_authentication_enabled, 'no login with IAM'],
    [!a.ca_cert_identifier, 'no certificate named'],
    [a.allocated_storage >= a.max_allocated_storage, 'cannot grow'],
    [!a.enabled_cloudwatch_logs_exports?.includes('postgresql'), 'its log is not kept'],
  ],
  aws_db_parameter_group: a => [
    [parameter(a, 'rds.force_ssl') !== '1', 'lets connections without TLS in (rds.force_ssl)'],
    [!['TLSv1.2', 'TLSv1.3'].includes(parameter(a, 'ssl_min_protocol_version')), 'lets old TLS in'],
    [parameter(a, 'password_encryption') !== 'scram-sha-256', 'keeps passwords as MD5'],
    [parameter(a, 'log_statement') !== 'none', 'a statement that sets a password would be logged'],
  ],
  aws_cloudwatch_log_group: a => [
    [!a.retention_in_days, 'kept forever'],
    [!a.kms_key_id, 'not encrypted with a key of its own'],
  ],
  aws_kms_key: a => [[!a.enable_key_rotation, 'never rotated']],
  aws_s3_bucket: a => [[a.force_destroy === true, 'is deleted with all that is in it']],
  aws_s3_bucket_public_access_block: a => [
    [
      !(a.block_public_acls && a.block_public_policy && a.ignore_public_acls && a.restrict_public_buckets),
      'may be public',
    ],
  ],
  aws_s3_bucket_versioning: a => [[a.versioning_configuration?.[0]?.status !== 'Enabled', 'versions are not kept']],
  aws_s3_bucket_server_side_encryption_configuration: a => [
    [
      a.rule?.[0]?.apply_server_side_encryption_by_default?.[0]?.sse_algorithm !== 'aws:kms',
      'not encrypted with a key of its own',
    ],
  ],
  aws_sqs_queue: a => [[!a.sqs_managed_sse_enabled && !a.kms_master_key_id, 'not encrypted']],
  aws_sns_topic: a => [[!a.kms_master_key_id, 'not encrypted']],
  aws_lb: a => [
    [!a.enable_deletion_protection, 'may be deleted'],
    [!a.drop_invalid_header_fields, 'passes malformed headers on'],
  ],
  aws_lb_listener: a => [
    [a.protocol !== 'HTTPS' && a.default_action?.some(d => d.type !== 'redirect'), 'serves without TLS'],
    [a.protocol === 'HTTPS' && !/TLS13/.test(a.ssl_policy), `ssl_policy ${a.ssl_policy} lets old TLS in`],
  ],
  aws_lb_target_group: a => [
    [
      a.health_check?.[0]?.path !== '/live',
      'a probe follows /live: a database that is away is no reason to start dashboards again',
    ],
  ],
  aws_instance: a => [
    [a.metadata_options?.[0]?.http_tokens !== 'required', 'metadata without a token (IMDSv1)'],
    [a.associate_public_ip_address !== false, 'public address'],
    [Boolean(a.key_name), 'a key for SSH'],
    [!a.root_block_device?.[0]?.encrypted, 'the disk is not encrypted'],
  ],
  aws_ecs_service: a => [
    [a.network_configuration?.some(n => n.assign_public_ip), 'public addresses'],
    [!a.deployment_circuit_breaker?.[0]?.rollback, 'a bad version stays'],
    [a.desired_count < 1, 'no task runs'],
  ],
  aws_ecs_task_definition: a => [
    [!fargate[a.cpu]?.includes(Number(a.memory)), `Fargate has no ${a.memory} MB with cpu ${a.cpu}`],
    [a.network_mode !== 'awsvpc', 'Fargate needs awsvpc'],
  ],
  aws_msk_cluster: a => [
    [a.encryption_info?.[0]?.encryption_in_transit?.[0]?.client_broker !== 'TLS', 'brokers without TLS'],
    [a.client_authentication?.[0]?.unauthenticated !== false, 'brokers without a login'],
    [!a.encryption_info?.[0]?.encryption_at_rest_kms_key_arn, 'not encrypted with a key of its own'],
  ],
  aws_cloudwatch_metric_alarm: a => [
    [!a.alarm_actions?.length, 'tells nobody'],
    [!a.alarm_description, 'does not say what it means'],
  ],
  aws_vpc_security_group_ingress_rule: a => [
    [[a.cidr_ipv4, a.cidr_ipv6].some(world), `port ${a.from_port} is open to the whole world`],
    [a.from_port !== a.to_port, 'opens more than one port'],
    [a.ip_protocol === '-1' && a.referenced_security_group_id !== a.security_group_id, 'opens every port'],
  ],
  aws_vpc_security_group_egress_rule: a => [
    [a.ip_protocol === '-1' && [a.cidr_ipv4, a.cidr_ipv6].some(world), 'everything may leave to anywhere'],
  ],
  aws_security_group: a => [
    [
      a.ingress?.some(r => [...(r.cidr_blocks ?? []), ...(r.ipv6_cidr_blocks ?? [])].some(world)),
      'is open to the whole world',
    ],
    [a.egress?.some(r => r.protocol === '-1'), 'everything may leave'],
  ],
  aws_iam_role_policy_attachment: () => [[true, 'attaches a policy that is written elsewhere']],
  aws_iam_access_key: () => [[true, 'a long-lived key']],
  aws_secretsmanager_secret_version: () => [[true, 'a secret in the state']],
};
