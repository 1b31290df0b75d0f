output "dns_name" {
  description = "The balancer's name."
  value       = aws_lb.dashboard.dns_name
}

output "target_group_arn" {
  description = "What the dashboards are registered with; known once the listener is there."
  value       = aws_lb_listener.https.default_action[0].target_group_arn
}

output "dimensions" {
  description = "How CloudWatch calls balancer and target group."
  value       = { LoadBalancer = aws_lb.dashboard.arn_suffix, TargetGroup = aws_lb_target_group.dashboard.arn_suffix }
}
