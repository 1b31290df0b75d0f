# Two roles for each program: one starts the task (image, secrets, log), one is the program's own.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_iam_role" "program" {
  for_each           = var.programs
  name               = "${var.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "program" {
  for_each = var.policies
  name     = each.key
  role     = aws_iam_role.program[each.key].id
  policy   = each.value
}

resource "aws_iam_role" "start" {
  for_each           = var.programs
  name               = "${var.name}-${each.key}-start"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "start" {
  for_each = var.programs
  name     = "start"
  role     = aws_iam_role.start[each.key].id
  policy   = data.aws_iam_policy_document.start[each.key].json
}

data "aws_iam_policy_document" "start" {
  for_each = var.programs
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${var.log_group_arn}:log-stream:*"]
  }
  dynamic "statement" {
    for_each = length(local.secret_arns[each.key]) > 0 ? [local.secret_arns[each.key]] : []
    content {
      actions   = ["secretsmanager:GetSecretValue"]
      resources = statement.value
    }
  }
  dynamic "statement" {
    for_each = var.secrets_key_arn == null ? [] : [var.secrets_key_arn]
    content {
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${local.region}.amazonaws.com"]
      }
    }
  }
  dynamic "statement" {
    for_each = length(local.ecr) > 0 ? [local.ecr] : []
    content {
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
      resources = ["arn:aws:ecr:${statement.value[1]}:${statement.value[0]}:repository/${statement.value[2]}"]
    }
  }
  dynamic "statement" {
    for_each = length(local.ecr) > 0 ? [1] : []
    content {
      # On *, since a login to ECR belongs to no repository.
      actions   = ["ecr:GetAuthorizationToken"]
      resources = ["*"]
    }
  }
}
