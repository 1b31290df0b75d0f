# What each program may do. No action and no resource is a wildcard but for the objects under the bucket's prefix.
data "aws_iam_policy_document" "database" {
  for_each = var.database_auth == "iam" ? local.user : {}
  statement {
    actions   = ["rds-db:connect"]
    resources = ["arn:aws:rds-db:${local.region}:${data.aws_caller_identity.current.account_id}:dbuser:${var.database_resource_id}/${each.value}"]
  }
}

data "aws_iam_policy_document" "load" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${var.bucket_arn}/${var.prefix}*"]
  }
  statement {
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = [var.bucket_arn]
  }
  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]
    resources = [var.queue_arn]
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = [var.bucket_key_arn]
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "program" {
  for_each = local.user
  source_policy_documents = concat(
    var.database_auth == "iam" ? [data.aws_iam_policy_document.database[each.key].json] : [],
    each.key == "load" ? [data.aws_iam_policy_document.load.json] : [],
    each.key == "consumer" ? var.kafka_policies : [],
  )
}
