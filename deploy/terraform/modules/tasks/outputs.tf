output "services" {
  description = "The services' names."
  value       = [for service in aws_ecs_service.program : service.name]
}
