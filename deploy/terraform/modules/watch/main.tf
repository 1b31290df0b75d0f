# Alarms. Numbers come out of the programs' JSON log: a line with "event" and "value" is a measurement (the README lists
# them).
resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.key_arn
}

resource "aws_sns_topic_subscription" "mail" {
  for_each  = var.emails
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

locals {
  namespace = "Museum/${var.name}"
  # Metric → event of the log.
  events = {
    PressesRead    = "consumer.read"
    PressesRefused = "consumer.refused"
    Silence        = "dashboard.silence"
    Lag            = "consumer.lag"
    Stopped        = "consumer.stopped"
    EmergencyAge   = "dashboard.emergency"
    LoadFailed     = "load.failed"
  }
}

resource "aws_cloudwatch_log_metric_filter" "event" {
  for_each       = local.events
  name           = "${var.name}-${each.key}"
  log_group_name = var.log_group
  pattern        = "{ $.event = \"${each.value}\" && $.value >= 0 }"
  metric_transformation {
    namespace = local.namespace
    name      = each.key
    value     = "$.value"
  }
}

locals {
  # missing: what it means when nobody says anything. A consumer or dashboard that says nothing at all is as bad as the
  # thing itself.
  alarms = {
    no-presses = {
      text   = "No press for too long while a museum is open, or no dashboard runs that would know."
      metric = "Silence", above = var.limits.silence_seconds, statistic = "Maximum", minutes = 3, missing = "breaching"
    }
    lag = {
      text   = "The consumer is behind, or does not run."
      metric = "Lag", above = var.limits.lag_messages, statistic = "Maximum", minutes = 10, missing = "breaching"
    }
    partition-stopped = {
      text   = "A partition waits for an operator's decision: museum kafka status."
      metric = "Stopped", above = 0, statistic = "Maximum", minutes = 1, missing = "notBreaching"
    }
    emergency-unacknowledged = {
      text   = "An emergency that nobody has acknowledged, or no dashboard runs that would know of one."
      metric = "EmergencyAge", above = var.limits.emergency_seconds, statistic = "Maximum", minutes = 3, missing = "breaching"
    }
    load-failed = {
      text   = "A load failed: museum runs."
      metric = "LoadFailed", above = 0, statistic = "Sum", minutes = 1, missing = "notBreaching"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "event" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.text
  namespace           = local.namespace
  metric_name         = aws_cloudwatch_log_metric_filter.event[each.value.metric].metric_transformation[0].name
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 60
  evaluation_periods  = each.value.minutes
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# A share of few presses says nothing.
resource "aws_cloudwatch_metric_alarm" "refused" {
  alarm_name          = "${var.name}-refused-share"
  alarm_description   = "Many presses are refused: museum quarantine list."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.refused_share
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "share"
    expression  = "IF(read >= ${var.limits.refused_least}, refused / read, 0)"
    label       = "Share of presses refused"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { read = "PressesRead", refused = "PressesRefused" }
    content {
      id = metric_query.key
      metric {
        namespace   = local.namespace
        metric_name = aws_cloudwatch_log_metric_filter.event[metric_query.value].metric_transformation[0].name
        stat        = "Sum"
        period      = 900
      }
    }
  }
}
