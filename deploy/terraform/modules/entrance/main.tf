# The dashboard's way in: a balancer that ends TLS and asks both dashboards, or the one machine, whether they live.
resource "aws_security_group" "balancer" {
  name_prefix = "${var.name}-balancer-"
  description = "HTTPS to the dashboard"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-balancer" }
  lifecycle { create_before_destroy = true }
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  for_each          = var.cidrs
  security_group_id = aws_security_group.balancer.id
  description       = "HTTPS from those who may"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "dashboard" {
  for_each                     = local.ports
  security_group_id            = aws_security_group.balancer.id
  description                  = each.key
  referenced_security_group_id = var.programs_group_id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
}

resource "aws_vpc_security_group_ingress_rule" "dashboard" {
  for_each                     = local.ports
  security_group_id            = var.programs_group_id
  description                  = "${each.key}, from the balancer"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
}

locals {
  ports = { dashboard = var.port, health = var.health_port }
}

resource "aws_lb" "dashboard" {
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = var.internal
  security_groups            = [aws_security_group.balancer.id]
  subnets                    = var.subnet_ids
  drop_invalid_header_fields = true
  enable_deletion_protection = var.protect
  # Pages stay open and listen; a heartbeat comes more often than this.
  idle_timeout = 120
}

resource "aws_lb_target_group" "dashboard" {
  # Machines and containers are different kinds of target: going from one variant to the other makes another group, and
  # the listener goes over to it before the old one is deleted.
  name                 = "${var.name}-${var.target_type}"
  port                 = var.port
  protocol             = "HTTP"
  target_type          = var.target_type
  vpc_id               = var.vpc_id
  deregistration_delay = 15
  health_check {
    path                = "/live"
    port                = tostring(var.health_port)
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
  lifecycle { create_before_destroy = true }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.dashboard.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.dashboard.arn
  }
}
