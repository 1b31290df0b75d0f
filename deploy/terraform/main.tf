# Museum Pipeline at AWS. variant = "small": one machine; "services": containers over several zones. Everything but the
# programs' own home is the same, so that a museum can begin small and go over to services without moving its database.
locals {
  small    = var.variant == "small"
  balanced = !local.small || var.certificate_arn != ""

  # Where the balancer is, and so the addresses from which the dashboard believes who somebody is.
  balancer = var.dashboard_internal ? "private" : "public"

  work   = local.small ? "/etc/museum" : "/work"
  spool  = local.small ? "/var/lib/museum/spool" : "/work/spool"
  listen = local.balanced ? "0.0.0.0" : "127.0.0.1"
  ca_url = "https://truststore.pki.rds.amazonaws.com/${var.region}/${var.region}-bundle.pem"

  dashboard_port = 8080
  health_port    = 8082

  counts = { consumer = var.consumers, dashboard = 2, load = 1 }
}

module "key" {
  source = "./modules/key"
  name   = var.name
}

resource "aws_cloudwatch_log_group" "programs" {
  name              = "/museum/${var.name}/programs"
  retention_in_days = var.log_days
  kms_key_id        = module.key.arn
}

resource "aws_ecs_cluster" "museum" {
  name = var.name
  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}

module "network" {
  source             = "./modules/network"
  name               = var.name
  vpc_id             = var.vpc_id
  private_subnet_ids = var.private_subnet_ids
  public_subnet_ids  = var.public_subnet_ids
  vpc_cidr           = var.vpc_cidr
  zones              = var.zones
  nat_per_zone       = coalesce(var.nat_per_zone, !local.small)
  # A machine installs packages, and their mirror speaks plain HTTP; they are signed.
  outbound_ports = toset(concat(["443"], local.small ? ["80"] : [], [for port in var.outbound_ports : tostring(port)]))
}

module "bucket" {
  source        = "./modules/bucket"
  name          = var.name
  bucket        = var.museum_bucket
  prefix        = var.bucket_prefix
  create        = var.create_bucket
  notifications = var.bucket_notifications
  key_arn       = module.key.arn
}

module "database" {
  source            = "./modules/database"
  name              = var.name
  identifier        = coalesce(var.database_identifier, var.name)
  database          = var.database_name
  postgres_version  = var.postgres_version
  instance_class    = coalesce(var.database_instance, local.small ? "db.t4g.micro" : "db.t4g.medium")
  multi_az          = coalesce(var.database_multi_az, !local.small)
  storage_gb        = var.database_storage_gb
  storage_max_gb    = var.database_storage_max_gb
  backup_days       = var.backup_days
  protect           = var.protect
  restore           = var.restore
  log_days          = var.log_days
  key_arn           = module.key.arn
  vpc_id            = module.network.vpc_id
  subnet_ids        = module.network.private_subnet_ids
  programs_group_id = module.network.programs_group_id
}

module "roles" {
  source              = "./modules/roles"
  name                = var.name
  auth                = var.database_auth
  address             = module.database.address
  port                = module.database.port
  database            = var.database_name
  admin_secret_arn    = module.database.admin_secret_arn
  database_secret_arn = var.database_secret_arn
  secrets_key_arn     = var.secrets_key_arn
  key_arn             = module.key.arn
  psql_image          = var.psql_image
  ca_url              = local.ca_url
  log_group           = aws_cloudwatch_log_group.programs.name
  log_group_arn       = aws_cloudwatch_log_group.programs.arn
}

module "kafka" {
  source                = "./modules/kafka"
  name                  = var.name
  msk                   = var.msk
  msk_version           = var.msk_version
  msk_instance          = var.msk_instance
  msk_storage_gb        = var.msk_storage_gb
  msk_scram_secret_arns = var.msk_scram_secret_arns
  msk_cluster_arn       = var.msk_cluster_arn
  bootstrap_servers     = var.bootstrap_servers
  security_protocol     = var.security_protocol
  sasl_mechanism        = var.sasl_mechanism
  topic                 = var.topic
  group                 = var.group
  cidrs                 = var.kafka_cidrs
  producer_cidrs        = var.producer_cidrs
  log_days              = var.log_days
  key_arn               = module.key.arn
  vpc_id                = module.network.vpc_id
  subnet_ids            = module.network.private_subnet_ids
  programs_group_id     = module.network.programs_group_id
}

module "programs" {
  source               = "./modules/programs"
  bucket               = var.museum_bucket
  bucket_arn           = module.bucket.arn
  bucket_key_arn       = coalesce(var.bucket_key_arn, module.key.arn)
  prefix               = var.bucket_prefix
  queue_url            = module.bucket.queue_url
  queue_arn            = module.bucket.queue_arn
  database_address     = module.database.address
  database_port        = module.database.port
  database_resource_id = module.database.resource_id
  database             = var.database_name
  database_auth        = var.database_auth
  database_secret_arn  = var.database_secret_arn
  kafka                = module.kafka.environment
  kafka_policies       = module.kafka.policies
  username             = var.username
  settings             = var.settings
  secrets              = var.secrets
  ca_path              = "${local.work}/rds.pem"
  spool_path           = local.spool
  listen               = "${local.listen}:${local.dashboard_port}"
  health_listen        = { consumer = "127.0.0.1:8081", dashboard = "${local.listen}:${local.health_port}" }
  public_url           = local.balanced ? "https://${var.dashboard_host}" : ""
  trusted_proxies      = local.balanced ? module.network.cidrs[local.balancer] : []
}

module "entrance" {
  source            = "./modules/entrance"
  count             = local.balanced ? 1 : 0
  name              = var.name
  vpc_id            = module.network.vpc_id
  subnet_ids        = local.balancer == "private" ? module.network.private_subnet_ids : module.network.public_subnet_ids
  internal          = var.dashboard_internal
  cidrs             = var.dashboard_cidrs
  certificate_arn   = var.certificate_arn
  target_type       = local.small ? "instance" : "ip"
  port              = local.dashboard_port
  health_port       = local.health_port
  programs_group_id = module.network.programs_group_id
  protect           = var.protect
}

module "machine" {
  source            = "./modules/machine"
  count             = local.small && !var.paused ? 1 : 0
  name              = var.name
  programs          = module.programs.programs
  policies          = module.programs.policies
  instance_type     = var.machine_instance
  package           = var.package
  package_sha256    = var.package_sha256
  ca_url            = local.ca_url
  subnet_ids        = module.network.private_subnet_ids
  programs_group_id = module.network.programs_group_id
  balanced          = local.balanced
  target_group_arn  = one(module.entrance[*].target_group_arn)
  key_arn           = module.key.arn
  secrets_key_arn   = var.secrets_key_arn
  log_group         = aws_cloudwatch_log_group.programs.name
  log_group_arn     = aws_cloudwatch_log_group.programs.arn
  alarm_topic_arn   = module.watch.topic_arn
}

module "tasks" {
  source            = "./modules/tasks"
  count             = local.small ? 0 : 1
  name              = var.name
  programs          = module.programs.programs
  policies          = module.programs.policies
  counts            = local.counts
  sizes             = var.task_sizes
  paused            = var.paused
  image             = var.image
  architecture      = var.architecture
  ca_image          = var.ca_image
  ca_url            = local.ca_url
  work_path         = local.work
  schedule          = var.load_schedule
  time_zone         = var.time_zone
  cluster_arn       = aws_ecs_cluster.museum.arn
  subnet_ids        = module.network.private_subnet_ids
  programs_group_id = module.network.programs_group_id
  target_group_arn  = one(module.entrance[*].target_group_arn)
  dashboard_ports   = [local.dashboard_port, local.health_port]
  secrets_key_arn   = var.secrets_key_arn
  log_group         = aws_cloudwatch_log_group.programs.name
  log_group_arn     = aws_cloudwatch_log_group.programs.arn
}

module "watch" {
  source              = "./modules/watch"
  name                = var.name
  emails              = var.alarm_emails
  limits              = var.alarm_limits
  log_group           = aws_cloudwatch_log_group.programs.name
  database            = { identifier = module.database.identifier, storage_gb = module.database.storage_gb }
  failed_queue_name   = module.bucket.failed_queue_name
  balanced            = local.balanced
  balancer_dimensions = local.balanced ? module.entrance[0].dimensions : {}
  key_arn             = module.key.arn
}
