# PostgreSQL on RDS: private, encrypted, TLS only, backed up, and not to be deleted by accident.
locals {
  major = split(".", var.postgres_version)[0]
}

resource "aws_db_subnet_group" "museum" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_db_parameter_group" "museum" {
  name_prefix = "${var.name}-postgres${local.major}-"
  description = "${var.name}: TLS only, SCRAM only, nothing secret in the log"
  family      = "postgres${local.major}"

  dynamic "parameter" {
    for_each = {
      "rds.force_ssl"            = "1"
      "ssl_min_protocol_version" = "TLSv1.2"
      "password_encryption"      = "scram-sha-256"
      # A statement that sets a password would be in the log word by word.
      "log_statement"  = "none"
      "log_lock_waits" = "1"
    }
    content {
      name  = parameter.key
      value = parameter.value
    }
  }
  lifecycle { create_before_destroy = true }
}

# Made before RDS makes it, because RDS would keep it forever.
resource "aws_cloudwatch_log_group" "database" {
  name              = "/aws/rds/instance/${var.identifier}/postgresql"
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

resource "aws_db_instance" "museum" {
  identifier     = var.identifier
  engine         = "postgres"
  engine_version = var.postgres_version
  instance_class = var.instance_class
  multi_az       = var.multi_az

  storage_type          = "gp3"
  allocated_storage     = var.storage_gb
  max_allocated_storage = var.storage_max_gb
  storage_encrypted     = true
  kms_key_id            = var.key_arn

  db_name                             = var.restore == null ? var.database : null
  username                            = var.restore == null ? "museum_admin" : null
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = var.key_arn
  iam_database_authentication_enabled = true

  db_subnet_group_name   = aws_db_subnet_group.museum.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false
  ca_cert_identifier     = "rds-ca-rsa2048-g1"
  parameter_group_name   = aws_db_parameter_group.museum.name

  backup_retention_period   = var.backup_days
  backup_window             = "01:00-02:00"
  maintenance_window        = "tue:03:00-tue:04:00"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = var.protect
  skip_final_snapshot       = false
  final_snapshot_identifier = "${var.identifier}-final"

  auto_minor_version_upgrade      = true
  allow_major_version_upgrade     = false
  enabled_cloudwatch_logs_exports = ["postgresql"]

  snapshot_identifier = try(var.restore.snapshot, null)
  dynamic "restore_to_point_in_time" {
    for_each = try(var.restore.source, null) == null ? [] : [var.restore]
    content {
      source_db_instance_identifier = restore_to_point_in_time.value.source
      restore_time                  = restore_to_point_in_time.value.time
      use_latest_restorable_time    = restore_to_point_in_time.value.time == null
    }
  }

  lifecycle {
    # These count when the instance is made; afterwards a change of them would replace a database that is in use.
    ignore_changes = [snapshot_identifier, restore_to_point_in_time, db_name, username]
  }
  depends_on = [aws_cloudwatch_log_group.database]
}

resource "aws_security_group" "database" {
  name_prefix = "${var.name}-database-"
  description = "PostgreSQL"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-database" }
  lifecycle { create_before_destroy = true }
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from the programs"
  referenced_security_group_id = var.programs_group_id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "database" {
  security_group_id            = var.programs_group_id
  description                  = "PostgreSQL"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
