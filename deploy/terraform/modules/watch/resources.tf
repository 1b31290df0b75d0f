# What AWS itself measures.
locals {
  free_bytes = var.database.storage_gb * 1024 * 1024 * 1024 * var.limits.free_storage_share
  measured = merge(
    {
      database-full = {
        text       = "The database's storage is nearly full; RDS enlarges it up to database_storage_max_gb."
        namespace  = "AWS/RDS", metric = "FreeStorageSpace", statistic = "Minimum", below = true, threshold = local.free_bytes, missing = "breaching"
        dimensions = { DBInstanceIdentifier = var.database.identifier }
      }
      objects-failed = {
        text       = "Events of new objects that the load could not deal with."
        namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum", below = false, threshold = 0, missing = "notBreaching"
        dimensions = { QueueName = var.failed_queue_name }
      }
    },
    var.balanced ? {
      dashboard-down = {
        text       = "No dashboard answers the balancer."
        namespace  = "AWS/ApplicationELB", metric = "HealthyHostCount", statistic = "Minimum", below = true, threshold = 1, missing = "breaching"
        dimensions = var.balancer_dimensions
      }
    } : {},
  )
}

resource "aws_cloudwatch_metric_alarm" "measured" {
  for_each            = local.measured
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.text
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = each.value.below ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = 2
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
