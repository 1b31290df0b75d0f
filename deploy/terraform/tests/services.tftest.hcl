# The variant "services". Applied against the provider's schema alone: what AWS would answer is made up.
variables {
  variant         = "services"
  museum_bucket   = "my-museum-bucket"
  bucket_prefix   = "history/"
  image           = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/museum:0.2.0"
  certificate_arn = "arn:aws:acm:eu-west-2:123456789012:certificate/00000000-0000-0000-0000-000000000000"
  dashboard_host  = "museum.example.org"
  dashboard_cidrs = ["203.0.113.0/24"]
  msk             = "iam"
  zones           = 3
  secrets         = { dashboard = { MUSEUM_KEY = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/key-d4E5f6" } }
}

run "three_services_and_no_machine" {
  command = apply
  assert {
    condition = (
      length(module.machine) == 0 &&
      toset(module.tasks[0].services) == toset(["consumer", "dashboard", "load"])
    )
    error_message = "Consumer, dashboard and load."
  }
  assert {
    condition     = length(module.network.private_subnet_ids) == 3
    error_message = "Over three zones."
  }
}

run "msk_with_iam" {
  command = apply
  assert {
    condition = (
      module.programs.programs.consumer.environment.SASL_MECHANISM == "AWS_MSK_IAM" &&
      module.programs.programs.consumer.environment.SECURITY_PROTOCOL == "SASL_SSL"
    )
    error_message = "Tokens over TLS."
  }
  assert {
    condition     = alltrue([for part in [":topic/made-up/lmnh", ":group/made-up/museum-pipeline", "kafka-cluster:ReadData"] : strcontains(module.programs.policies.consumer, part)])
    error_message = "This topic and this group, reading only."
  }
  assert {
    condition     = !strcontains(module.programs.policies.consumer, "WriteData")
    error_message = "A consumer writes nothing to Kafka."
  }
}

run "msk_with_scram" {
  command = apply
  variables {
    msk                   = "scram"
    msk_scram_secret_arns = ["arn:aws:secretsmanager:eu-west-2:123456789012:secret:AmazonMSK_museum-a1B2c3"]
    username              = "museum"
    secrets = {
      consumer  = { PASSWORD = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:AmazonMSK_museum-a1B2c3:password::" }
      dashboard = { MUSEUM_KEY = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/key-d4E5f6" }
    }
  }
  assert {
    condition = (
      module.programs.programs.consumer.environment.SASL_MECHANISM == "SCRAM-SHA-512" &&
      module.programs.programs.consumer.environment.KAFKA_SASL_USERNAME == "museum"
    )
    error_message = "Name and password."
  }
}

run "a_cluster_that_exists" {
  command = apply
  variables {
    msk               = "none"
    zones             = 2
    bootstrap_servers = "b-1.lmnh.abc.kafka.eu-west-2.amazonaws.com:9098"
    sasl_mechanism    = "AWS_MSK_IAM"
    msk_cluster_arn   = "arn:aws:kafka:eu-west-2:123456789012:cluster/lmnh/11111111-2222-3333-4444-555555555555-1"
    topic             = "lmnh, lms"
  }
  assert {
    condition     = strcontains(module.programs.policies.consumer, ":topic/lmnh/11111111-2222-3333-4444-555555555555-1/lms\"")
    error_message = "Every topic of the list."
  }
}

run "new_objects_reach_the_load" {
  command = apply
  assert {
    condition = (
      module.programs.programs.load.command[3] == module.bucket.queue_url &&
      module.programs.programs.load.environment.MUSEUM_BUCKET == "s3://my-museum-bucket/history/"
    )
    error_message = "museum load --watch --queue URL, of the prefix."
  }
  assert {
    condition     = strcontains(module.programs.policies.load, "arn:aws:s3:::my-museum-bucket/history/*")
    error_message = "Only objects under the prefix may be read."
  }
}

run "a_network_that_exists" {
  command = apply
  variables {
    vpc_id             = "vpc-1"
    private_subnet_ids = ["subnet-1", "subnet-2", "subnet-3"]
    public_subnet_ids  = ["subnet-4", "subnet-5"]
  }
  assert {
    condition = (
      module.network.vpc_id == "vpc-1" &&
      output.network.subnets == tolist(["subnet-1", "subnet-2", "subnet-3"])
    )
    error_message = "No network is made."
  }
}

run "an_internal_balancer_is_believed_from_the_private_subnets" {
  command = apply
  variables { dashboard_internal = true }
  assert {
    condition     = module.programs.programs.dashboard.environment.MUSEUM_TRUSTED_PROXIES == "10.20.128.0/20,10.20.144.0/20,10.20.160.0/20"
    error_message = "That is where it is then."
  }
}

run "the_image_has_a_version" {
  command = plan
  variables { image = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/museum:latest" }
  expect_failures = [var.image]
}

run "an_image_without_a_tag_is_refused" {
  command = plan
  variables { image = "registry.example.org:5000/museum" }
  expect_failures = [var.image]
}

run "a_certificate_is_needed" {
  command = plan
  variables { certificate_arn = "" }
  expect_failures = [var.certificate_arn]
}

run "the_key_of_the_dashboards_is_needed" {
  command = plan
  variables { secrets = {} }
  expect_failures = [var.secrets]
}

run "msk_keeps_three_copies" {
  command = plan
  variables { zones = 2 }
  expect_failures = [var.msk]
}

run "names_are_checked" {
  command = plan
  variables { name = "No Good" }
  expect_failures = [var.name]
}
