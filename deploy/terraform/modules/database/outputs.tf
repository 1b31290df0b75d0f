output "address" {
  description = "The server's name, which is in its certificate."
  value       = aws_db_instance.museum.address
}

output "port" {
  description = "The server's port."
  value       = aws_db_instance.museum.port
}

output "identifier" {
  description = "The instance's name in RDS."
  value       = aws_db_instance.museum.identifier
}

output "resource_id" {
  description = "What IAM's rds-db:connect calls the instance."
  value       = aws_db_instance.museum.resource_id
}

output "admin_secret_arn" {
  description = "Where RDS keeps the administrator's password, which it changes every seven days."
  value       = aws_db_instance.museum.master_user_secret[0].secret_arn
}

output "storage_gb" {
  description = "The storage it began with."
  value       = var.storage_gb
}
