output "dashboard" {
  description = "Where the dashboard's name must lead (CNAME or alias); null without a balancer."
  value       = one(module.entrance[*].dns_name)
}

output "machine" {
  description = "small: the machine, for aws ssm start-session."
  value       = one(module.machine[*].instance_id)
}

output "database" {
  description = "The database server's name."
  value       = module.database.address
}

output "database_admin_secret" {
  description = "The ARN of the administrator's password, which RDS changes every seven days."
  value       = module.database.admin_secret_arn
}

output "bootstrap_servers" {
  description = "The brokers the consumer is told."
  value       = module.kafka.environment.BOOTSTRAP_SERVERS
}

output "alarm_topic" {
  description = "The SNS topic of the alarms, for another receiver than mail."
  value       = module.watch.topic_arn
}

output "network" {
  description = "What a task by hand needs: cluster, subnets, security group."
  value = {
    cluster        = aws_ecs_cluster.museum.name
    subnets        = module.network.private_subnet_ids
    security_group = module.network.programs_group_id
  }
}

output "roles_command" {
  description = "Makes the database's roles; run once before the first start, and again after a restore into an empty server."
  value = join(" ", [
    "aws ecs run-task --region ${var.region} --cluster ${aws_ecs_cluster.museum.name} --task-definition ${module.roles.task} --launch-type FARGATE",
    "--network-configuration 'awsvpcConfiguration={subnets=[${join(",", module.network.private_subnet_ids)}],securityGroups=[${module.network.programs_group_id}],assignPublicIp=DISABLED}'",
  ])
}
