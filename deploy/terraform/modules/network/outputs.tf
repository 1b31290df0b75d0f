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

output "cidrs" {
  description = "The subnets' addresses, by public and private."
  value = {
    public  = local.new ? [for subnet in aws_subnet.public : subnet.cidr_block] : [for id in var.public_subnet_ids : data.aws_subnet.existing[id].cidr_block]
    private = local.new ? [for subnet in aws_subnet.private : subnet.cidr_block] : [for id in var.private_subnet_ids : data.aws_subnet.existing[id].cidr_block]
  }
}

output "programs_group_id" {
  description = "The security group of consumer, dashboard and load."
  value       = aws_security_group.programs.id
}
