output "vpc_id" {
  description = "The network."
  value       = local.new ? aws_vpc.museum[0].id : var.vpc_id
}

output "private_subnet_ids" {
  description = "Subnets for programs, database and brokers."
  value       = local.new ? [for subnet in aws_subnet.private : subnet.id] : var.private_subnet_ids
}

output "public_subnet_ids" {
  description = "Subnets for the balancer."
  value       = local.new ? [for subnet in aws_subnet.public : subnet.id] : var.public_subnet_ids
}

output "public_cidrs" {
  description = "The public subnets' addresses: what the balancer speaks from."
  value       = local.new ? [for subnet in aws_subnet.public : subnet.cidr_block] : [for subnet in data.aws_subnet.public : subnet.cidr_block]
}

output "programs_group_id" {
  description = "The security group of consumer, dashboard and load."
  value       = aws_security_group.programs.id
}
