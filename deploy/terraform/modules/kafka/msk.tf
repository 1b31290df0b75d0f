resource "aws_msk_configuration" "museum" {
  count          = local.new ? 1 : 0
  name           = var.name
  kafka_versions = [var.msk_version]
  # A week is how far back a restored database can be before presses are lost.
  server_properties = <<-EOT
    auto.create.topics.enable = false
    default.replication.factor = 3
    min.insync.replicas = 2
    unclean.leader.election.enable = false
    log.retention.hours = 168
    message.max.bytes = 1048588
  EOT
}

resource "aws_cloudwatch_log_group" "msk" {
  count             = local.new ? 1 : 0
  name              = "/museum/${var.name}/kafka"
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

resource "aws_msk_cluster" "museum" {
  count                  = local.new ? 1 : 0
  cluster_name           = var.name
  kafka_version          = var.msk_version
  number_of_broker_nodes = length(var.subnet_ids)

  broker_node_group_info {
    instance_type   = var.msk_instance
    client_subnets  = var.subnet_ids
    security_groups = [aws_security_group.msk[0].id]
    storage_info {
      ebs_storage_info {
        volume_size = var.msk_storage_gb
      }
    }
  }

  client_authentication {
    unauthenticated = false
    sasl {
      iam   = var.msk == "iam"
      scram = var.msk == "scram"
    }
  }

  encryption_info {
    encryption_at_rest_kms_key_arn = var.key_arn
    encryption_in_transit {
      client_broker = "TLS"
      in_cluster    = true
    }
  }

  configuration_info {
    arn      = aws_msk_configuration.museum[0].arn
    revision = aws_msk_configuration.museum[0].latest_revision
  }

  logging_info {
    broker_logs {
      cloudwatch_logs {
        enabled   = true
        log_group = aws_cloudwatch_log_group.msk[0].name
      }
    }
  }
}

# MSK takes only secrets whose names begin with AmazonMSK_ and which a key of the account's own encrypts.
resource "aws_msk_scram_secret_association" "museum" {
  count           = var.msk == "scram" ? 1 : 0
  cluster_arn     = aws_msk_cluster.museum[0].arn
  secret_arn_list = var.msk_scram_secret_arns
}

data "aws_iam_policy_document" "scram" {
  for_each = var.msk == "scram" ? var.msk_scram_secret_arns : []
  statement {
    sid       = "Brokers"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [each.value]
    principals {
      type        = "Service"
      identifiers = ["kafka.amazonaws.com"]
    }
  }
}

resource "aws_secretsmanager_secret_policy" "scram" {
  for_each   = data.aws_iam_policy_document.scram
  secret_arn = each.key
  policy     = each.value.json
}

resource "aws_security_group" "msk" {
  count       = local.new ? 1 : 0
  name_prefix = "${var.name}-kafka-"
  description = "The brokers"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-kafka" }
  lifecycle { create_before_destroy = true }
}

resource "aws_vpc_security_group_ingress_rule" "programs" {
  count                        = local.new ? 1 : 0
  security_group_id            = aws_security_group.msk[0].id
  description                  = "The programs"
  referenced_security_group_id = var.programs_group_id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_ingress_rule" "producers" {
  for_each          = local.new ? var.producer_cidrs : []
  security_group_id = aws_security_group.msk[0].id
  description       = "The kiosks' gateway"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = local.port
  to_port           = local.port
}

resource "aws_vpc_security_group_egress_rule" "brokers" {
  count                        = local.new ? 1 : 0
  security_group_id            = var.programs_group_id
  description                  = "Kafka"
  referenced_security_group_id = aws_security_group.msk[0].id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

# Brokers speak with each other through this group too.
resource "aws_vpc_security_group_ingress_rule" "brokers" {
  count                        = local.new ? 1 : 0
  security_group_id            = aws_security_group.msk[0].id
  description                  = "Broker to broker"
  referenced_security_group_id = aws_security_group.msk[0].id
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_egress_rule" "between_brokers" {
  count                        = local.new ? 1 : 0
  security_group_id            = aws_security_group.msk[0].id
  description                  = "Broker to broker"
  referenced_security_group_id = aws_security_group.msk[0].id
  ip_protocol                  = "-1"
}
