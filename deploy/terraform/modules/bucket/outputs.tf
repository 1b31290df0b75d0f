output "arn" {
  description = "The bucket's ARN."
  value       = local.arn
}

output "queue_url" {
  description = "The queue of new objects, for museum load --watch --queue."
  value       = aws_sqs_queue.objects.url
}

output "queue_arn" {
  description = "The queue's ARN."
  value       = aws_sqs_queue.objects.arn
}

output "failed_queue_name" {
  description = "The queue of events that could not be dealt with."
  value       = aws_sqs_queue.failed.name
}
