variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
}

variable "programs" {
  description = "By program: its arguments, its environment and its secrets' ARNs."
  type        = map(object({ command = list(string), environment = map(string), secrets = map(string) }))
}

variable "policies" {
  description = "By program: what it may do."
  type        = map(string)
}

variable "instance_type" {
  description = "The size of the machine; of the arm64 kind."
  type        = string
}

variable "package" {
  description = "The product's Debian package: s3://BUCKET/KEY."
  type        = string
}

variable "package_sha256" {
  description = "Its SHA-256."
  type        = string
}

variable "ca_url" {
  description = "Amazon's certificates for RDS."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets; the machine is in the first."
  type        = list(string)
}

variable "programs_group_id" {
  description = "The security group of the programs."
  type        = string
}

variable "balanced" {
  description = "Whether a balancer stands before the dashboard."
  type        = bool
}

variable "target_group_arn" {
  description = "Where the dashboard registers then."
  type        = string
}

variable "key_arn" {
  description = "The key that encrypts the disk."
  type        = string
}

variable "secrets_key_arn" {
  description = "The key that encrypts secrets made elsewhere; null for AWS's own."
  type        = string
}

variable "log_group" {
  description = "Where the programs log."
  type        = string
}

variable "log_group_arn" {
  description = "That group's ARN."
  type        = string
}

variable "alarm_topic_arn" {
  description = "Where alarms go."
  type        = string
}
