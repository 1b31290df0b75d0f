output "environment" {
  description = "What the consumer is told of it."
  value = { for name, value in {
    BOOTSTRAP_SERVERS = local.servers
    SECURITY_PROTOCOL = local.protocol
    SASL_MECHANISM    = local.mechanism
    TOPIC             = var.topic
    GROUP             = var.group
  } : name => value if value != null && value != "" }
}

output "policies" {
  description = "What the consumer must be allowed: one policy document, or none."
  value       = data.aws_iam_policy_document.msk[*].json
}
