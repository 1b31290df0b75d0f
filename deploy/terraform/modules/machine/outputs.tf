output "instance_id" {
  description = "The machine, for aws ssm start-session."
  value       = aws_instance.museum.id
}
