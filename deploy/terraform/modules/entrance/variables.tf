variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Where the balancer is: two zones or more."
  type        = list(string)
}

variable "internal" {
  description = "Whether the balancer has private addresses only."
  type        = bool
}

variable "cidrs" {
  description = "The addresses from which the dashboard may be opened."
  type        = set(string)
}

variable "certificate_arn" {
  description = "The certificate of the dashboard's name, in ACM."
  type        = string
}

variable "target_type" {
  description = "What stands behind: ip for tasks, instance for a machine."
  type        = string
}

variable "port" {
  description = "The dashboard's port."
  type        = number
}

variable "health_port" {
  description = "The port of /live."
  type        = number
}

variable "programs_group_id" {
  description = "The security group of the programs."
  type        = string
}

variable "protect" {
  description = "Whether the balancer refuses to be deleted."
  type        = bool
}
