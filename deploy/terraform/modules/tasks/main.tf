# The variant "services": each program a service at ECS Fargate, its tasks spread over the zones.
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  region = data.aws_region.current.region
  # Where the image lies at ECR: account, region, repository.
  ecr = flatten(regexall("^(\\d{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com/([^:@]+)", var.image))
  # A secret's ARN; behind it ECS takes the name of a field: ARN:field::
  secret_arns = { for program, p in var.programs : program => distinct([for arn in values(p.secrets) : join(":", slice(split(":", arn), 0, 7))]) }
}

resource "aws_ecs_task_definition" "program" {
  for_each                 = var.programs
  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.sizes[each.key].cpu
  memory                   = var.sizes[each.key].memory
  execution_role_arn       = aws_iam_role.start[each.key].arn
  task_role_arn            = aws_iam_role.program[each.key].arn
  runtime_platform {
    cpu_architecture        = var.architecture
    operating_system_family = "LINUX"
  }
  volume {
    name = "work"
  }
  container_definitions = jsonencode([
    # No system has Amazon's certificates for RDS, and the image is the museum's own. This fetches them and makes the
    # only place that can be written to.
    {
      name                   = "certificates"
      image                  = var.ca_image
      essential              = false
      readonlyRootFilesystem = true
      command                = ["sh", "-c", "wget -q -O ${var.work_path}/rds.pem ${var.ca_url} && mkdir -p ${var.work_path}/spool && chown -R 10001:10001 ${var.work_path}"]
      environment            = []
      mountPoints            = [{ sourceVolume = "work", containerPath = var.work_path, readOnly = false }]
      logConfiguration       = local.logs[each.key]
    },
    {
      name                   = each.key
      image                  = var.image
      essential              = true
      readonlyRootFilesystem = true
      user                   = "10001"
      command                = each.value.command
      dependsOn              = [{ containerName = "certificates", condition = "SUCCESS" }]
      environment            = [for name, value in merge(each.value.environment, { TMPDIR = var.work_path }) : { name = name, value = value }]
      secrets                = [for name, arn in each.value.secrets : { name = name, valueFrom = arn }]
      mountPoints            = [{ sourceVolume = "work", containerPath = var.work_path, readOnly = false }]
      portMappings           = [for port in each.key == "dashboard" ? var.dashboard_ports : [] : { containerPort = port, protocol = "tcp" }]
      stopTimeout            = 30
      linuxParameters        = { capabilities = { drop = ["ALL"] } }
      logConfiguration       = local.logs[each.key]
    },
  ])
}

locals {
  logs = { for program in keys(var.programs) : program => {
    logDriver = "awslogs"
    options = {
      awslogs-group         = var.log_group
      awslogs-region        = local.region
      awslogs-stream-prefix = program
    }
  } }
}

resource "aws_ecs_service" "program" {
  for_each                           = var.programs
  name                               = each.key
  cluster                            = var.cluster_arn
  task_definition                    = aws_ecs_task_definition.program[each.key].arn
  desired_count                      = var.paused ? 0 : var.counts[each.key]
  launch_type                        = "FARGATE"
  availability_zone_rebalancing      = "ENABLED"
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  propagate_tags                     = "SERVICE"

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [var.programs_group_id]
    assign_public_ip = false
  }
  # A version that does not start takes itself back.
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  dynamic "load_balancer" {
    for_each = each.key == "dashboard" ? [var.target_group_arn] : []
    content {
      target_group_arn = load_balancer.value
      container_name   = "dashboard"
      container_port   = var.dashboard_ports[0]
    }
  }
  health_check_grace_period_seconds = each.key == "dashboard" ? 60 : null
}
