variable "bucket" {
  description = "The bucket with the history."
  type        = string
}

variable "bucket_arn" {
  description = "Its ARN."
  type        = string
}

variable "bucket_key_arn" {
  description = "The key that encrypts its objects."
  type        = string
}

variable "prefix" {
  description = "Only objects whose keys begin so; empty for all."
  type        = string
}

variable "queue_url" {
  description = "The queue of new objects."
  type        = string
}

variable "queue_arn" {
  description = "Its ARN."
  type        = string
}

variable "database_address" {
  description = "The database server."
  type        = string
}

variable "database_port" {
  description = "Its port."
  type        = number
}

variable "database_resource_id" {
  description = "What IAM calls it."
  type        = string
}

variable "database" {
  description = "The database."
  type        = string
}

variable "database_auth" {
  description = "How the programs log in: iam or password."
  type        = string
}

variable "database_secret_arn" {
  description = "The passwords of museum and museum_dashboard, for database_auth = password."
  type        = string
}

variable "kafka" {
  description = "The consumer's settings for Kafka."
  type        = map(string)
}

variable "kafka_policies" {
  description = "What the consumer must be allowed at MSK: policy documents."
  type        = list(string)
}

variable "username" {
  description = "The consumer's name at the brokers; empty where it logs in with IAM or not at all."
  type        = string
}

variable "settings" {
  description = "More settings of the product, for all programs."
  type        = map(string)
}

variable "secrets" {
  description = "The product's secrets by program and setting: ARNs in Secrets Manager."
  type        = map(map(string))
}

variable "ca_path" {
  description = "Where the programs find Amazon's certificates for RDS."
  type        = string
}

variable "spool_path" {
  description = "Where large objects wait."
  type        = string
}

variable "listen" {
  description = "Where the dashboard answers."
  type        = string
}

variable "health_listen" {
  description = "Where consumer and dashboard tell of their health."
  type        = object({ consumer = string, dashboard = string })
}

variable "public_url" {
  description = "The dashboard's address as people type it; empty without a balancer."
  type        = string
}

variable "trusted_proxies" {
  description = "The balancer's addresses; empty without one."
  type        = list(string)
}
