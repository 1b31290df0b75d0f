# The variant "small": one machine that runs the package's systemd units. It holds nothing that could not be made again:
# another package, setting or secret makes another machine.
data "aws_region" "current" {}

# Ubuntu has the agent of Systems Manager; its newest image is looked up when a machine is made, and does not replace
# one that runs.
data "aws_ssm_parameter" "image" {
  name = "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id"
}

locals {
  region = data.aws_region.current.region
  # A secret's ARN, and behind it the name of a field: ARN:field::
  secrets = flatten([for program, p in var.programs : [for setting, arn in p.secrets : {
    program = program
    setting = setting
    arn     = join(":", slice(split(":", arn), 0, 7))
    field   = try(split(":", arn)[7], "")
  }]])
  # What the package calls its units; each reads /etc/museum/UNIT.env.
  units   = { consumer = "museum-consume", dashboard = "museum-dashboard", load = "museum-load" }
  package = regex("^s3://([^/]+)/(.+)$", var.package)

  files = merge(
    { for program, p in var.programs : "/etc/museum/${local.units[program]}.env" => join("", [for name, value in p.environment : "${name}=\"${value}\"\n"]) },
    { for program, p in var.programs : "/etc/systemd/system/${local.units[program]}.service.d/50-aws.conf" => templatefile("${path.module}/files/program.conf", {
      program = program
      command = join(" ", concat(["/usr/bin/museum"], p.command))
      secrets = [for setting, arn in p.secrets : setting]
    }) },
    {
      "/etc/museum/secrets"                        = join("", [for s in local.secrets : "${s.program} ${s.setting} ${s.arn} ${s.field}\n"])
      "/usr/local/lib/museum/fetch-secrets"        = templatefile("${path.module}/files/fetch-secrets", { region = local.region })
      "/etc/systemd/system/museum-secrets.service" = file("${path.module}/files/museum-secrets.service")
      "/etc/museum/cloudwatch.json"                = local.cloudwatch
      "/usr/local/lib/museum/install" = templatefile("${path.module}/files/install", {
        region   = local.region
        ca_url   = var.ca_url
        package  = var.package
        sha256   = var.package_sha256
        programs = join(" ", [for program in keys(var.programs) : "${local.units[program]}.service"])
      })
    },
  )

  cloudwatch = jsonencode({
    logs = { logs_collected = { files = { collect_list = [for program in keys(var.programs) : {
      file_path       = "/var/log/museum/${program}*.log"
      log_group_name  = var.log_group
      log_stream_name = "${program}/{instance_id}"
    }] } } }
  })
}

resource "aws_instance" "museum" {
  ami                         = data.aws_ssm_parameter.image.value
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_ids[0]
  vpc_security_group_ids      = [var.programs_group_id]
  associate_public_ip_address = false
  iam_instance_profile        = aws_iam_instance_profile.museum.name
  user_data_base64 = base64gzip("#cloud-config\n${jsonencode({
    write_files = [for path, content in local.files : {
      path        = path
      content     = content
      permissions = startswith(path, "/usr/local/lib/") ? "0755" : "0644"
    }]
    runcmd = [["/usr/local/lib/museum/install"]]
  })}")
  user_data_replace_on_change = true
  ebs_optimized               = true
  monitoring                  = false

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  root_block_device {
    volume_type = "gp3"
    volume_size = 16
    encrypted   = true
    kms_key_id  = var.key_arn
  }
  tags = { Name = var.name }
  lifecycle {
    # Two consumers may run at once: the new machine is made before the old one goes.
    create_before_destroy = true
    ignore_changes        = [ami]
  }
  depends_on = [aws_iam_role_policy.machine]
}

resource "aws_lb_target_group_attachment" "dashboard" {
  count            = var.balanced ? 1 : 0
  target_group_arn = var.target_group_arn
  target_id        = aws_instance.museum.id
}

# AWS moves the machine to other hardware when its own fails.
resource "aws_cloudwatch_metric_alarm" "hardware" {
  alarm_name          = "${var.name}-machine-hardware"
  alarm_description   = "The machine's hardware failed: AWS moves it. See the runbook if it does not come back."
  namespace           = "AWS/EC2"
  metric_name         = "StatusCheckFailed_System"
  dimensions          = { InstanceId = aws_instance.museum.id }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 2
  alarm_actions       = ["arn:aws:automate:${local.region}:ec2:recover", var.alarm_topic_arn]
}
