variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
}

variable "identifier" {
  description = "The instance's name in RDS; another one beside it is how a backup is restored."
  type        = string
}

variable "database" {
  description = "The database's name inside the server."
  type        = string
}

variable "postgres_version" {
  description = "PostgreSQL's version: the major one, or with the minor one."
  type        = string
}

variable "instance_class" {
  description = "The size of the server."
  type        = string
}

variable "multi_az" {
  description = "A standby in another zone."
  type        = bool
}

variable "storage_gb" {
  description = "Storage to begin with, in GB."
  type        = number
}

variable "storage_max_gb" {
  description = "How far RDS may enlarge the storage by itself, in GB."
  type        = number
}

variable "backup_days" {
  description = "For how many days any moment can be restored."
  type        = number
}

variable "protect" {
  description = "Whether the instance refuses to be deleted."
  type        = bool
}

variable "restore" {
  description = "What a new instance is made from: a snapshot, or another instance at a time; null for an empty one."
  type = object({
    snapshot = optional(string)
    source   = optional(string)
    time     = optional(string)
  })
}

variable "log_days" {
  description = "For how many days the server's log is kept."
  type        = number
}

variable "key_arn" {
  description = "The key that encrypts storage, log and the administrator's password."
  type        = string
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in two zones or more."
  type        = list(string)
}

variable "programs_group_id" {
  description = "The security group that may connect."
  type        = string
}
