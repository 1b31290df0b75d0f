# New object → EventBridge → queue → museum load --watch --queue.

# This resource is the whole notification setting of the bucket: somebody else's, in a bucket that exists, would be
# lost. So it is ours to ask for.
resource "aws_s3_bucket_notification" "history" {
  count       = var.notifications ? 1 : 0
  bucket      = var.create ? aws_s3_bucket.history[0].id : var.bucket
  eventbridge = true
}

resource "aws_cloudwatch_event_rule" "created" {
  name        = "${var.name}-new-objects"
  description = "New objects in ${var.bucket}"
  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [var.bucket] }
      object = { key = [{ prefix = var.prefix }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "queue" {
  rule = aws_cloudwatch_event_rule.created.name
  arn  = aws_sqs_queue.objects.arn
  dead_letter_config {
    arn = aws_sqs_queue.failed.arn
  }
}

resource "aws_sqs_queue" "objects" {
  name                       = "${var.name}-new-objects"
  sqs_managed_sse_enabled    = true
  message_retention_seconds  = 14 * 24 * 3600
  visibility_timeout_seconds = 900
  receive_wait_time_seconds  = 20
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.failed.arn, maxReceiveCount = 5 })
}

resource "aws_sqs_queue" "failed" {
  name                      = "${var.name}-failed-objects"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 14 * 24 * 3600
}

data "aws_iam_policy_document" "queue" {
  for_each = { objects = aws_sqs_queue.objects.arn, failed = aws_sqs_queue.failed.arn }
  statement {
    sid       = "Events"
    actions   = ["sqs:SendMessage"]
    resources = [each.value]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.created.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "queue" {
  for_each  = { objects = aws_sqs_queue.objects.url, failed = aws_sqs_queue.failed.url }
  queue_url = each.value
  policy    = data.aws_iam_policy_document.queue[each.key].json
}
