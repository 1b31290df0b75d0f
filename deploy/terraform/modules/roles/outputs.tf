output "task" {
  description = "The task that makes the roles."
  value       = aws_ecs_task_definition.roles.family
}
