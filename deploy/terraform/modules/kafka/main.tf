# Where the presses come from: a cluster of our own at MSK, one that exists there, or any other Kafka.
locals {
  new = var.msk != "none"
  iam = var.msk == "iam" || var.sasl_mechanism == "AWS_MSK_IAM"

  mechanism = { none = var.sasl_mechanism, iam = "AWS_MSK_IAM", scram = "SCRAM-SHA-512" }[var.msk]
  protocol  = local.new ? "SASL_SSL" : var.security_protocol
  servers = {
    none  = var.bootstrap_servers
    iam   = local.new ? aws_msk_cluster.museum[0].bootstrap_brokers_sasl_iam : null
    scram = local.new ? aws_msk_cluster.museum[0].bootstrap_brokers_sasl_scram : null
  }[var.msk]

  # The listener for clients inside the network.
  port        = var.msk == "iam" ? 9098 : 9096
  cluster_arn = local.new ? aws_msk_cluster.museum[0].arn : var.msk_cluster_arn
  topics      = compact([for topic in split(",", var.topic) : trimspace(topic)])
  ports       = local.new ? [] : distinct([for server in split(",", var.bootstrap_servers) : element(split(":", trimspace(server)), -1)])
}

data "aws_iam_policy_document" "msk" {
  count = local.iam ? 1 : 0
  statement {
    actions   = ["kafka-cluster:Connect", "kafka-cluster:DescribeCluster"]
    resources = [local.cluster_arn]
  }
  statement {
    actions   = ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"]
    resources = [for topic in local.topics : "${replace(local.cluster_arn, ":cluster/", ":topic/")}/${topic}"]
  }
  statement {
    actions   = ["kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup"]
    resources = ["${replace(local.cluster_arn, ":cluster/", ":group/")}/${var.group}"]
  }
}

resource "aws_vpc_security_group_egress_rule" "elsewhere" {
  for_each          = { for rule in setproduct(local.ports, var.cidrs) : join(" ", rule) => { port = tonumber(rule[0]), cidr = rule[1] } }
  security_group_id = var.programs_group_id
  description       = "Kafka"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}
