# A network of our own, or one that exists: then only the security group of the programs is made.
locals {
  new   = var.vpc_id == null
  zones = local.new ? { for i in range(var.zones) : tostring(i) => data.aws_availability_zones.available[0].names[i] } : {}
  nats  = var.nat_per_zone ? local.zones : { for i, zone in local.zones : i => zone if i == "0" }
}

data "aws_availability_zones" "available" {
  count = local.new ? 1 : 0
  state = "available"
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

resource "aws_vpc" "museum" {
  count                = local.new ? 1 : 0
  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

# The group that AWS makes with every network lets its members talk to each other. Nothing of ours is in it; without
# rules nothing ever can be.
resource "aws_default_security_group" "empty" {
  count  = local.new ? 1 : 0
  vpc_id = aws_vpc.museum[0].id
}

resource "aws_subnet" "public" {
  for_each          = local.zones
  vpc_id            = aws_vpc.museum[0].id
  availability_zone = each.value
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, tonumber(each.key))
  tags              = { Name = "${var.name}-public-${each.key}" }
}

resource "aws_subnet" "private" {
  for_each          = local.zones
  vpc_id            = aws_vpc.museum[0].id
  availability_zone = each.value
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, 8 + tonumber(each.key))
  tags              = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_internet_gateway" "museum" {
  count  = local.new ? 1 : 0
  vpc_id = aws_vpc.museum[0].id
  tags   = { Name = var.name }
}

resource "aws_eip" "nat" {
  for_each = local.nats
  domain   = "vpc"
  tags     = { Name = "${var.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "museum" {
  for_each      = local.nats
  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id
  tags          = { Name = "${var.name}-${each.key}" }
  depends_on    = [aws_internet_gateway.museum]
}

resource "aws_route_table" "public" {
  count  = local.new ? 1 : 0
  vpc_id = aws_vpc.museum[0].id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.museum[0].id
  }
  tags = { Name = "${var.name}-public" }
}

resource "aws_route_table" "private" {
  for_each = local.zones
  vpc_id   = aws_vpc.museum[0].id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.museum[var.nat_per_zone ? each.key : "0"].id
  }
  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route_table_association" "public" {
  for_each       = local.zones
  subnet_id      = aws_subnet.public[each.key].id
  route_table_id = aws_route_table.public[0].id
}

resource "aws_route_table_association" "private" {
  for_each       = local.zones
  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}

# S3 without the NAT gateway: no charge for the traffic of a load.
resource "aws_vpc_endpoint" "s3" {
  count             = local.new ? 1 : 0
  vpc_id            = aws_vpc.museum[0].id
  service_name      = "com.amazonaws.${data.aws_region.current.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for table in aws_route_table.private : table.id]
  tags              = { Name = "${var.name}-s3" }
}

data "aws_region" "current" {}

data "aws_subnet" "existing" {
  for_each = toset(concat(var.public_subnet_ids, var.private_subnet_ids))
  id       = each.value
}

resource "aws_security_group" "programs" {
  name_prefix = "${var.name}-programs-"
  description = "Consumer, dashboard and load"
  vpc_id      = local.new ? aws_vpc.museum[0].id : var.vpc_id
  tags        = { Name = "${var.name}-programs" }
  lifecycle { create_before_destroy = true }
}

resource "aws_vpc_security_group_egress_rule" "outbound" {
  for_each          = var.outbound_ports
  security_group_id = aws_security_group.programs.id
  description       = "AWS, the login provider, the webhook"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.value)
  to_port           = tonumber(each.value)
}
