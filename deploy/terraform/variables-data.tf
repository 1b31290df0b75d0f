# ---- the network

variable "vpc_id" {
  description = "An existing network; null makes a new one."
  type        = string
  default     = null
}

variable "private_subnet_ids" {
  description = "Of the existing network: two or more subnets for programs, database and brokers, with a way out through a NAT gateway."
  type        = list(string)
  default     = []
  validation {
    condition     = var.vpc_id == null ? length(var.private_subnet_ids) == 0 : length(var.private_subnet_ids) >= 2
    error_message = "An existing network needs two private subnets or more; a new one makes its own."
  }
}

variable "public_subnet_ids" {
  description = "Of the existing network: two or more subnets for the balancer."
  type        = list(string)
  default     = []
  validation {
    condition     = var.vpc_id == null ? length(var.public_subnet_ids) == 0 : length(var.public_subnet_ids) != 1
    error_message = "A balancer needs two public subnets or more; a new network makes its own."
  }
}

variable "vpc_cidr" {
  description = "The new network's addresses."
  type        = string
  default     = "10.20.0.0/16"
  validation {
    condition     = can(cidrsubnet(var.vpc_cidr, 4, 15))
    error_message = "A network such as 10.20.0.0/16, /24 at the smallest."
  }
}

variable "zones" {
  description = "Over how many availability zones a new network is spread: 2, or 3 where MSK is made."
  type        = number
  default     = 2
  validation {
    condition     = contains([2, 3], var.zones)
    error_message = "2 or 3."
  }
}

variable "nat_per_zone" {
  description = "A NAT gateway in each zone; null means yes for services and no for small."
  type        = bool
  default     = null
}

variable "outbound_ports" {
  description = "Ports the programs may reach anywhere beside HTTPS, for example 587 for a mail server."
  type        = set(number)
  default     = []
}

# ---- the bucket

variable "museum_bucket" {
  description = "The bucket with the history: MUSEUM_BUCKET."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.museum_bucket))
    error_message = "A bucket's name, without s3:// and without a path."
  }
}

variable "bucket_prefix" {
  description = "Only objects whose keys begin so are loaded and may be read; empty for all."
  type        = string
  default     = ""
}

variable "create_bucket" {
  description = "Whether to make the bucket."
  type        = bool
  default     = false
}

variable "bucket_notifications" {
  description = "Whether to set the bucket's notifications to EventBridge; they replace any that it has."
  type        = bool
  default     = false
}

variable "bucket_key_arn" {
  description = "The key that encrypts an existing bucket's objects, where it is one of yours."
  type        = string
  default     = null
}

# ---- the database

variable "database_name" {
  description = "DATABASE_NAME: the database inside the server."
  type        = string
  default     = "museum"
}

variable "database_auth" {
  description = "iam: the programs log in with tokens of IAM; password: with the passwords of database_secret_arn."
  type        = string
  default     = "iam"
  validation {
    condition     = contains(["iam", "password"], var.database_auth)
    error_message = "iam or password."
  }
}

variable "database_secret_arn" {
  description = "For password: a secret with the fields museum and museum_dashboard, the passwords of these two roles (DATABASE_PASSWORD)."
  type        = string
  default     = null
  validation {
    condition = (
      var.database_auth == "iam" ||
      can(regex("^arn:aws:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$", var.database_secret_arn))
    )
    error_message = "database_auth = \"password\" needs the secret's ARN."
  }
}

variable "postgres_version" {
  description = "PostgreSQL's version: the major one, 13 to 18, or with the minor one."
  type        = string
  default     = "17"
  validation {
    condition     = can(regex("^1[3-8](\\.\\d+)?$", var.postgres_version))
    error_message = "13 to 18."
  }
}

variable "database_instance" {
  description = "The database server's size; null means db.t4g.micro for small and db.t4g.medium for services."
  type        = string
  default     = null
}

variable "database_multi_az" {
  description = "A standby in another zone; null means yes for services and no for small."
  type        = bool
  default     = null
}

variable "database_storage_gb" {
  description = "The database's storage to begin with, in GB."
  type        = number
  default     = 20
  validation {
    condition     = var.database_storage_gb >= 20
    error_message = "RDS begins at 20 GB."
  }
}

variable "database_storage_max_gb" {
  description = "How far RDS may enlarge it by itself, in GB."
  type        = number
  default     = 100
  validation {
    condition     = var.database_storage_max_gb >= var.database_storage_gb * 1.1
    error_message = "At least a tenth more than database_storage_gb."
  }
}

variable "backup_days" {
  description = "For how many days any moment of the database can be restored: 7 to 35."
  type        = number
  default     = 14
  validation {
    condition     = var.backup_days >= 7 && var.backup_days <= 35
    error_message = "7 to 35."
  }
}

variable "database_identifier" {
  description = "The instance's name in RDS; null means the name. Another one beside it is how a backup is restored."
  type        = string
  default     = null
}

variable "restore" {
  description = "What a new instance is made from: { snapshot = \"NAME\" }, or { source = \"INSTANCE\", time = \"2026-05-04T09:30:00Z\" } (without time: the latest)."
  type = object({
    snapshot = optional(string)
    source   = optional(string)
    time     = optional(string)
  })
  default = null
  validation {
    condition     = var.restore == null || try((var.restore.snapshot == null) != (var.restore.source == null), false)
    error_message = "Either snapshot, or source with or without time."
  }
}
