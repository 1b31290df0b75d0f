variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
}

variable "msk" {
  description = "none for a Kafka that exists; iam or scram for a new cluster at MSK with that way to log in."
  type        = string
}

variable "msk_version" {
  description = "The new cluster's version of Kafka."
  type        = string
}

variable "msk_instance" {
  description = "The size of the new cluster's brokers."
  type        = string
}

variable "msk_storage_gb" {
  description = "The storage of each of the new cluster's brokers, in GB."
  type        = number
}

variable "msk_scram_secret_arns" {
  description = "The secrets with names and passwords that the new cluster knows."
  type        = set(string)
}

variable "msk_cluster_arn" {
  description = "An existing cluster at MSK, where the programs log in with IAM."
  type        = string
}

variable "bootstrap_servers" {
  description = "Where the brokers of a Kafka that exists are."
  type        = string
}

variable "security_protocol" {
  description = "How they are spoken to."
  type        = string
}

variable "sasl_mechanism" {
  description = "How one logs in to them."
  type        = string
}

variable "topic" {
  description = "The topics, comma separated."
  type        = string
}

variable "group" {
  description = "The consumer group."
  type        = string
}

variable "cidrs" {
  description = "The addresses at which a Kafka that exists is."
  type        = set(string)
}

variable "producer_cidrs" {
  description = "The addresses from which the kiosks' presses reach a new cluster."
  type        = set(string)
}

variable "log_days" {
  description = "For how many days the brokers' logs are kept."
  type        = number
}

variable "key_arn" {
  description = "The key that encrypts what the brokers store and log."
  type        = string
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Where the new cluster's brokers are: one in each subnet."
  type        = list(string)
}

variable "programs_group_id" {
  description = "The security group of the programs."
  type        = string
}
