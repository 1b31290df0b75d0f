# The variant "small". Applied against the provider's schema alone: what AWS would answer is made up.
variables {
  variant           = "small"
  museum_bucket     = "my-museum-bucket"
  package           = "s3://my-artifacts/museum_0.2.0_arm64.deb"
  package_sha256    = "0000000000000000000000000000000000000000000000000000000000000000"
  bootstrap_servers = "broker-1.example.org:9094,broker-2.example.org:9095"
  sasl_mechanism    = "SCRAM-SHA-512"
  username          = "museum"
  secrets = {
    consumer  = { PASSWORD = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/kafka-a1B2c3:password::" }
    dashboard = { MUSEUM_KEY = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/key-d4E5f6" }
  }
}

run "the_smallest_is_one_machine_without_a_balancer" {
  command = apply
  assert {
    condition     = length(module.machine) == 1 && length(module.tasks) == 0 && length(module.entrance) == 0
    error_message = "One machine, no containers, no balancer."
  }
  assert {
    condition     = output.dashboard == null && output.machine != null
    error_message = "The dashboard has no name; it is opened through the machine."
  }
  assert {
    condition     = module.programs.programs.dashboard.environment.MUSEUM_LISTEN == "127.0.0.1:8080"
    error_message = "Without a balancer the dashboard is for the machine itself only."
  }
}

run "the_originals_settings_reach_the_programs" {
  command = apply
  assert {
    condition = alltrue([
      module.programs.programs.consumer.environment.BOOTSTRAP_SERVERS == "broker-1.example.org:9094,broker-2.example.org:9095",
      module.programs.programs.consumer.environment.SASL_MECHANISM == "SCRAM-SHA-512",
      module.programs.programs.consumer.environment.TOPIC == "lmnh",
      module.programs.programs.consumer.environment.GROUP == "museum-pipeline",
      module.programs.programs.load.environment.MUSEUM_BUCKET == "my-museum-bucket",
      module.programs.programs.load.environment.DATABASE_NAME == "museum",
    ])
    error_message = "BOOTSTRAP_SERVERS, SASL_MECHANISM, TOPIC, GROUP, MUSEUM_BUCKET and DATABASE_NAME."
  }
  assert {
    condition     = module.programs.programs.consumer.secrets.KAFKA_SASL_PASSWORD == "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/kafka-a1B2c3:password::"
    error_message = "PASSWORD reaches the consumer as the broker's password."
  }
  assert {
    condition = (
      !contains(keys(module.programs.programs.dashboard.secrets), "KAFKA_SASL_PASSWORD") &&
      !contains(keys(module.programs.programs.consumer.secrets), "MUSEUM_KEY")
    )
    error_message = "Each program gets its own secrets only."
  }
}

run "programs_log_in_as_roles_of_their_own" {
  command = apply
  assert {
    condition = (
      module.programs.programs.consumer.environment.DATABASE_USERNAME == "museum" &&
      module.programs.programs.dashboard.environment.DATABASE_USERNAME == "museum_dashboard"
    )
    error_message = "The dashboard does not own the tables."
  }
  assert {
    condition = (
      module.programs.programs.dashboard.environment.DATABASE_AUTH == "iam" &&
      length(keys(module.programs.programs.load.secrets)) == 0
    )
    error_message = "With IAM there is no password."
  }
  assert {
    condition = (
      strcontains(module.programs.policies.dashboard, "/museum_dashboard\"") &&
      !strcontains(module.programs.policies.dashboard, "/museum\"")
    )
    error_message = "The dashboard's role may log in as the dashboard alone."
  }
  assert {
    condition = (
      strcontains(module.programs.policies.load, "s3:GetObject") &&
      !strcontains(module.programs.policies.consumer, "s3:")
    )
    error_message = "Only the load reads the bucket."
  }
}

run "passwords_in_place_of_tokens" {
  command = apply
  variables {
    database_auth       = "password"
    database_secret_arn = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/database-a1B2c3"
  }
  assert {
    condition     = module.programs.programs.dashboard.secrets.DATABASE_PASSWORD == "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/database-a1B2c3:museum_dashboard::"
    error_message = "DATABASE_PASSWORD comes from the secret's field."
  }
  assert {
    condition = (
      !contains(keys(module.programs.programs.load.environment), "DATABASE_AUTH") &&
      !contains(keys(module.programs.policies), "dashboard")
    )
    error_message = "Nothing speaks of tokens."
  }
}

run "a_balancer_where_there_is_a_certificate" {
  command = apply
  variables {
    certificate_arn = "arn:aws:acm:eu-west-2:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    dashboard_host  = "museum.example.org"
    dashboard_cidrs = ["203.0.113.0/24"]
  }
  assert {
    condition = (
      length(module.entrance) == 1 &&
      module.programs.programs.dashboard.environment.MUSEUM_PUBLIC_URL == "https://museum.example.org"
    )
    error_message = "The dashboard knows its address."
  }
  assert {
    condition = (
      module.programs.programs.dashboard.environment.MUSEUM_BEHIND_PROXY == "true" &&
      module.programs.programs.dashboard.environment.MUSEUM_TRUSTED_PROXIES == "10.20.0.0/20,10.20.16.0/20"
    )
    error_message = "Only the balancer's subnets are believed."
  }
}

run "paused_takes_the_machine_away_and_nothing_else" {
  command = apply
  variables { paused = true }
  assert {
    condition     = length(module.machine) == 0 && module.database.identifier == "museum"
    error_message = "The database stays."
  }
}

run "a_restore_makes_an_instance_of_another_name" {
  command = plan
  variables {
    database_identifier = "museum-2"
    restore             = { source = "museum", time = "2026-05-04T09:30:00Z" }
  }
  assert {
    condition     = module.database.identifier == "museum-2"
    error_message = "The old instance stays as it is."
  }
}

run "a_restore_is_from_one_thing" {
  command = plan
  variables { restore = { snapshot = "a", source = "b" } }
  expect_failures = [var.restore]
}

run "the_package_is_needed" {
  command = plan
  variables { package = "museum.deb" }
  expect_failures = [var.package]
}

run "brokers_are_needed" {
  command = plan
  variables { bootstrap_servers = "" }
  expect_failures = [var.bootstrap_servers]
}

run "scram_needs_a_password" {
  command = plan
  variables {
    secrets = { dashboard = { MUSEUM_KEY = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/key-d4E5f6" } }
  }
  expect_failures = [var.username]
}

run "a_secret_is_an_arn_and_never_the_secret" {
  command = plan
  variables {
    secrets = {
      consumer  = { PASSWORD = "hunter2" }
      dashboard = { MUSEUM_KEY = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/key-d4E5f6" }
    }
  }
  expect_failures = [var.secrets]
}

run "a_password_among_the_settings_is_refused" {
  command = plan
  variables { settings = { DATABASE_PASSWORD = "hunter2" } }
  expect_failures = [var.settings]
}

run "old_versions_of_postgresql_are_refused" {
  command = plan
  variables { postgres_version = "12" }
  expect_failures = [var.postgres_version]
}
