# The database's roles are made by a task of half a minute: the output roles_command runs it. No
# machine is left that could do it again.
data "aws_region" "current" {}

locals {
  password = var.auth == "password"
  secrets = merge(
    { PGUSER = "${var.admin_secret_arn}:username::", PGPASSWORD = "${var.admin_secret_arn}:password::" },
    local.password ? { MUSEUM_PASSWORD = "${var.database_secret_arn}:museum::", DASHBOARD_PASSWORD = "${var.database_secret_arn}:museum_dashboard::" } : {},
  )
  environment = {
    PGHOST        = var.address
    PGPORT        = tostring(var.port)
    PGDATABASE    = var.database
    PGSSLMODE     = "verify-full"
    PGSSLROOTCERT = "/tmp/rds.pem"
    AUTH          = var.auth
    ROLES         = file("${path.module}/roles.sql")
  }
}

resource "aws_ecs_task_definition" "roles" {
  family                   = "${var.name}-database-roles"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.start.arn
  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }
  volume {
    name = "tmp"
  }
  container_definitions = jsonencode([{
    name                   = "roles"
    image                  = var.psql_image
    essential              = true
    readonlyRootFilesystem = true
    command                = ["sh", "-c", "wget -q -O \"$PGSSLROOTCERT\" ${var.ca_url} && printf '%s' \"$ROLES\" | psql -X -f -"]
    environment            = [for name, value in local.environment : { name = name, value = value }]
    secrets                = [for name, value in local.secrets : { name = name, valueFrom = value }]
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = var.log_group
        awslogs-region        = data.aws_region.current.region
        awslogs-stream-prefix = "roles"
      }
    }
  }])
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "start" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${var.log_group_arn}:log-stream:*"]
  }
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = compact([var.admin_secret_arn, local.password ? var.database_secret_arn : null])
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = compact([var.key_arn, var.secrets_key_arn])
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${data.aws_region.current.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "start" {
  name               = "${var.name}-roles-start"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "start" {
  name   = "start"
  role   = aws_iam_role.start.id
  policy = data.aws_iam_policy_document.start.json
}
