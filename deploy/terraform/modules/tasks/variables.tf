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

variable "counts" {
  description = "By program: how many tasks."
  type        = map(number)
}

variable "sizes" {
  description = "By program: CPU units and MB of memory, a pair that Fargate has."
  type        = map(object({ cpu = number, memory = number }))
}

variable "paused" {
  description = "Stops every program and the nightly load."
  type        = bool
}

variable "image" {
  description = "The product's container image."
  type        = string
}

variable "architecture" {
  description = "ARM64 or X86_64: what the image is for."
  type        = string
}

variable "ca_image" {
  description = "A small image with sh and wget that fetches certificates."
  type        = string
}

variable "ca_url" {
  description = "Amazon's certificates for RDS."
  type        = string
}

variable "work_path" {
  description = "The only directory of a task that can be written to."
  type        = string
}

variable "schedule" {
  description = "When the whole bucket is looked through."
  type        = string
}

variable "time_zone" {
  description = "The schedule's time zone."
  type        = string
}

variable "cluster_arn" {
  description = "The ECS cluster."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets."
  type        = list(string)
}

variable "programs_group_id" {
  description = "The security group of the programs."
  type        = string
}

variable "target_group_arn" {
  description = "Where the dashboards register."
  type        = string
}

variable "dashboard_ports" {
  description = "The dashboard's port, then the port of its health."
  type        = list(number)
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
