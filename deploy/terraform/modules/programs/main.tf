# The three programs: what they are told, which secrets they get and what they may do. The variants only start them.
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  region = data.aws_region.current.region
  bucket = var.prefix == "" ? var.bucket : "s3://${var.bucket}/${var.prefix}"

  common = merge({
    AWS_REGION        = local.region
    DATABASE_IP       = var.database_address
    DATABASE_PORT     = tostring(var.database_port)
    DATABASE_NAME     = var.database
    DATABASE_SSL_MODE = "verify-full"
    DATABASE_CA       = var.ca_path
    MUSEUM_LOG_FORMAT = "json"
    MUSEUM_LOG_LEVEL  = "information"
  }, var.database_auth == "iam" ? { DATABASE_AUTH = "iam" } : {}, var.settings)

  user = { consumer = "museum", load = "museum", dashboard = "museum_dashboard" }

  own = {
    consumer = merge(var.kafka, var.username == "" ? {} : { KAFKA_SASL_USERNAME = var.username }, { MUSEUM_HEALTH = var.health_listen.consumer })
    load     = { MUSEUM_BUCKET = local.bucket, MUSEUM_SPOOL = var.spool_path }
    dashboard = {
      MUSEUM_HEALTH          = var.health_listen.dashboard
      MUSEUM_LISTEN          = var.listen
      MUSEUM_PUBLIC_URL      = var.public_url
      MUSEUM_BEHIND_PROXY    = length(var.trusted_proxies) > 0 ? "true" : ""
      MUSEUM_TRUSTED_PROXIES = join(",", var.trusted_proxies)
    }
  }

  # Every operating system has a USERNAME of its own; in the environment the broker's name and password are called
  # otherwise.
  called = { PASSWORD = "KAFKA_SASL_PASSWORD" }

  commands = {
    consumer  = ["consume"]
    dashboard = ["serve"]
    load      = ["load", "--watch", "--queue", var.queue_url]
  }

  password = {
    for program, user in local.user : program => var.database_auth == "password" ? { DATABASE_PASSWORD = "${var.database_secret_arn}:${user}::" } : {}
  }
}
