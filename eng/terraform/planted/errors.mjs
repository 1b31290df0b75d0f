// Fifty mistakes as people make them: [what it is, file of deploy/terraform, from, to]. Each is planted alone.
export const errors = [
  // what the provider does not take
  ['a misspelt argument', 'modules/database/main.tf', 'storage_encrypted     = true', 'storage_encrypt       = true'],
  ['a resource type that does not exist', 'modules/bucket/events.tf', '"aws_sqs_queue" "failed"', '"aws_sqs_queues" "failed"'],
  ['a required argument missing', 'modules/database/main.tf', /^ *instance_class = .*\n/m, ''],
  ['a nested block that does not exist', 'modules/tasks/main.tf', 'deployment_circuit_breaker {', 'deployment_breaker {'],
  ['a required argument missing in a nested block', 'modules/bucket/main.tf', /^ *sse_algorithm .*\n/m, ''],
  ['a block twice that may be there once', 'modules/bucket/main.tf', '  versioning_configuration {\n    status = "Enabled"\n  }\n', '  versioning_configuration {\n    status = "Enabled"\n  }\n  versioning_configuration {\n    status = "Enabled"\n  }\n'],
  ['an argument that only the provider tells', 'main.tf', 'resource "aws_ecs_cluster" "museum" {\n', 'resource "aws_ecs_cluster" "museum" {\n  arn  = "x"\n'],
  ['text for a number', 'modules/machine/main.tf', 'volume_size = 16', 'volume_size = "16 GB"'],
  ['a value that RDS refuses (engine)', 'modules/database/main.tf', /engine( +)= "postgres"/, 'engine$1= "postgrez"'],
  ['memory that Fargate does not have with that CPU', 'variables.tf', 'consumer  = { cpu = 256, memory = 512 }', 'consumer  = { cpu = 256, memory = 700 }'],

  // names that lead nowhere
  ['a variable that is not declared', 'modules/entrance/main.tf', 'certificate_arn   = var.certificate_arn', 'certificate_arn   = var.certificate'],
  ['a local that is not declared', 'modules/network/main.tf', 'for_each      = local.nats', 'for_each      = local.nat'],
  ['a resource that is not declared', 'modules/watch/main.tf', 'topic_arn = aws_sns_topic.alarms.arn', 'topic_arn = aws_sns_topic.alarm.arn'],
  ['an attribute that does not exist', 'modules/entrance/outputs.tf', 'aws_lb.dashboard.dns_name', 'aws_lb.dashboard.domain_name'],
  ['an index missing on a counted resource', 'modules/bucket/main.tf', 'bucket = aws_s3_bucket.history[0].id\n  versioning', 'bucket = aws_s3_bucket.history.id\n  versioning'],
  ['a resource twice', 'modules/bucket/events.tf', 'resource "aws_sqs_queue" "failed"', 'resource "aws_sqs_queue" "objects" {}\n\nresource "aws_sqs_queue" "failed"'],
  ['a wrong reference in a template', 'modules/tasks/roles.tf', '"${var.log_group_arn}:log-stream:*"', '"${var.log_groups_arn}:log-stream:*"'],
  ['a wrong reference in a dynamic block', 'modules/machine/role.tf', 'resources = statement.value', 'resources = statements.value'],
  ['each outside for_each', 'modules/key/main.tf', 'target_key_id = aws_kms_key.museum.key_id', 'target_key_id = each.value'],
  ['a cycle', 'modules/network/main.tf', 'description = "Consumer, dashboard and load"', 'description = aws_vpc_security_group_egress_rule.outbound["443"].id'],
  ['a function that does not exist', 'modules/programs/main.tf', 'join(",", var.trusted_proxies)', 'joins(",", var.trusted_proxies)'],
  ['a function with too many arguments', 'modules/tasks/roles.tf', 'length(local.ecr) > 0 ? [1]', 'length(local.ecr, 1) > 0 ? [1]'],
  ['a syntax error', 'outputs.tf', 'value       = module.database.address', 'value       = '],
  ['a module without a variable it needs', 'main.tf', /^ *backup_days .*\n/m, ''],
  ['a module with a variable it does not have', 'main.tf', 'protect           = var.protect\n  restore', 'protected         = var.protect\n  restore'],
  ['an output that a module does not have', 'main.tf', 'module.bucket.queue_url', 'module.bucket.queue'],
  ['a name in place of an ARN', 'modules/tasks/main.tf', 'execution_role_arn       = aws_iam_role.start[each.key].arn', 'execution_role_arn       = aws_iam_role.start[each.key].name'],

  // what people read
  ['a default of the wrong type', 'variables-data.tf', 'type        = bool\n  default     = false', 'type        = bool\n  default     = "maybe"'],
  ['a variable without a description', 'variables-people.tf', '  description = "Where alarms go; each address confirms once."\n', ''],
  ['a variable without a type', 'variables-data.tf', '  type        = bool\n  default     = false', '  default     = false'],
  ['a variable that the example does not have', 'terraform.tfvars.example', /^# nat_per_zone .*\n/m, ''],
  ['an example that sets no variable', 'terraform.tfvars.example', 'alarm_emails =', 'alarm_mails =  '],
  ['a variable that nothing uses', 'main.tf', 'backup_days       = var.backup_days', 'backup_days       = 14'],
  ['a provider without a version', 'versions.tf', '      version = "~> 6.0"\n', ''],

  // doors
  ['the database open to the world', 'modules/database/main.tf', /referenced_security_group_id = var.programs_group_id/, 'cidr_ipv4                    = "0.0.0.0/0"'],
  ['the brokers open to the world through a variable', 'variables-kafka.tf', /default     = \[\]\n}\n$/, 'default     = ["0.0.0.0/0"]\n}\n'],
  ['every action on everything', 'modules/programs/access.tf', 'actions   = ["s3:GetObject"]\n    resources = ["${var.bucket_arn}/${var.prefix}*"]', 'actions   = ["*"]\n    resources = ["*"]'],
  ['every action of a service', 'modules/programs/access.tf', '"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"', '"sqs:*"'],
  ['everything, through an expression', 'modules/programs/access.tf', 'resources = [var.queue_arn]', 'resources = [var.prefix == "" ? "*" : "*"]'],
  ['the database public', 'modules/database/main.tf', /publicly_accessible( +)= false/, 'publicly_accessible$1= true'],
  ['a machine without IMDSv2', 'modules/machine/main.tf', 'http_tokens                 = "required"', 'http_tokens                 = "optional"'],
  ['containers with public addresses', 'modules/tasks/main.tf', 'assign_public_ip = false', 'assign_public_ip = true'],
  ['old TLS at the balancer', 'modules/entrance/main.tf', 'ELBSecurityPolicy-TLS13-1-2-2021-06', 'ELBSecurityPolicy-2016-08'],
  ['a database that takes connections without TLS', 'modules/database/main.tf', /"rds.force_ssl"( +)= "1"/, '"rds.force_ssl"$1= "0"'],

  // what is lost or seen
  ['a database that may be deleted', 'modules/database/main.tf', /deletion_protection( +)= var.protect/, 'deletion_protection$1= false'],
  ['a bucket that may be public', 'modules/bucket/main.tf', 'restrict_public_buckets = true', 'restrict_public_buckets = false'],
  ['logs kept forever', 'main.tf', /^ *retention_in_days .*\n/m, ''],
  ['a secret as a plain environment variable', 'modules/programs/main.tf', '    MUSEUM_LOG_LEVEL  = "information"\n', '    MUSEUM_LOG_LEVEL  = "information"\n    DATABASE_PASSWORD = "x"\n'],
  ['an access key in the source', 'variables.tf', '"The AWS region everything is made in."', '"AKIAABCDEFGHIJKLMNOP"'],
  ['an alarm on a number that nothing writes', 'modules/watch/main.tf', 'metric_name         = aws_cloudwatch_log_metric_filter.event[each.value.metric].metric_transformation[0].name', 'metric_name         = lower(each.value.metric)'],
];
