variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
}

variable "auth" {
  description = "How the programs log in: iam or password."
  type        = string
}

variable "address" {
  description = "The database server."
  type        = string
}

variable "port" {
  description = "Its port."
  type        = number
}

variable "database" {
  description = "The database."
  type        = string
}

variable "admin_secret_arn" {
  description = "The administrator's name and password."
  type        = string
}

variable "database_secret_arn" {
  description = "The passwords of museum and museum_dashboard, for auth = password."
  type        = string
}

variable "secrets_key_arn" {
  description = "The key that encrypts secrets made elsewhere; null for AWS's own."
  type        = string
}

variable "key_arn" {
  description = "The museum's key."
  type        = string
}

variable "psql_image" {
  description = "A container image with psql 14 or newer, sh and wget."
  type        = string
}

variable "ca_url" {
  description = "Amazon's certificates for RDS."
  type        = string
}

variable "log_group" {
  description = "Where it logs."
  type        = string
}

variable "log_group_arn" {
  description = "That group's ARN."
  type        = string
}
