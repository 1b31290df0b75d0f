variable "variant" {
  description = "small: one machine; services: containers at ECS Fargate over several zones."
  type        = string
  validation {
    condition     = contains(["small", "services"], var.variant)
    error_message = "small or services."
  }
}

variable "region" {
  description = "The AWS region everything is made in."
  type        = string
  default     = "eu-west-2"
}

variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
  default     = "museum"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}$", var.name))
    error_message = "Small letters, digits and hyphens, 2 to 21 of them, a letter first."
  }
}

variable "protect" {
  description = "Whether database and balancer refuse to be deleted."
  type        = bool
  default     = true
}

variable "paused" {
  description = "Stops the programs (small: takes the machine away) and leaves everything else, for a restore."
  type        = bool
  default     = false
}

variable "log_days" {
  description = "For how many days logs are kept."
  type        = number
  default     = 90
  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_days)
    error_message = "CloudWatch has 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 and 731 days."
  }
}

# ---- the program

variable "image" {
  description = "services: the product's container image, with a tag of its own or a digest."
  type        = string
  default     = ""
  validation {
    condition = (
      var.variant == "small" ||
      (can(regex("[:@][^:@/]+(:[0-9a-f]{64})?$", var.image)) && !endswith(var.image, ":latest"))
    )
    error_message = "services needs an image with a version: REPOSITORY:VERSION or REPOSITORY@sha256:DIGEST, not latest."
  }
}

variable "architecture" {
  description = "services: what the image is for, ARM64 or X86_64."
  type        = string
  default     = "ARM64"
  validation {
    condition     = contains(["ARM64", "X86_64"], var.architecture)
    error_message = "ARM64 or X86_64."
  }
}

variable "package" {
  description = "small: the product's Debian package for arm64, s3://BUCKET/KEY."
  type        = string
  default     = ""
  validation {
    condition     = var.variant == "services" || can(regex("^s3://[^/]+/.+\\.deb$", var.package))
    error_message = "small needs the package: s3://BUCKET/KEY.deb."
  }
}

variable "package_sha256" {
  description = "small: that file's SHA-256, in hexadecimal."
  type        = string
  default     = ""
  validation {
    condition     = var.variant == "services" || can(regex("^[0-9a-f]{64}$", var.package_sha256))
    error_message = "small needs the package's SHA-256: sha256sum museum.deb."
  }
}

variable "settings" {
  description = "More settings of the product, for all programs: { MUSEUM_ESCALATE_MINUTES = \"5\" }. No secrets."
  type        = map(string)
  default     = {}
  validation {
    condition     = alltrue([for name, value in var.settings : !can(regex("(PASSWORD|SECRET|TOKEN|MUSEUM_KEY)$", name)) && !can(regex("[\"\\\\\n]", value))])
    error_message = "A password, secret, token or key belongs in secrets; values have no quotes, backslashes or line ends."
  }
}

variable "secrets" {
  description = "The product's secrets by program and setting: ARNs in Secrets Manager, or ARN:field:: for a field of a secret that is a JSON object."
  type = object({
    consumer  = optional(map(string), {})
    dashboard = optional(map(string), {})
    load      = optional(map(string), {})
  })
  validation {
    condition     = alltrue(flatten([for secrets in var.secrets : [for arn in values(secrets) : can(regex("^arn:aws:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]+::)?$", arn))]]))
    error_message = "Each is arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-XXXXXX or that with :FIELD:: behind it; the secret itself never comes here."
  }
  validation {
    condition     = contains(keys(var.secrets.dashboard), "MUSEUM_KEY")
    error_message = "dashboard needs MUSEUM_KEY: dashboards share it, and a machine that is made again keeps it."
  }
}

variable "secrets_key_arn" {
  description = "The key that encrypts those secrets, where it is not AWS's own."
  type        = string
  default     = null
}

variable "consumers" {
  description = "services: how many consumers; no more than the topics have partitions."
  type        = number
  default     = 2
  validation {
    condition     = var.consumers >= 1 && var.consumers <= 64
    error_message = "1 to 64."
  }
}

variable "task_sizes" {
  description = "services: CPU units and MB of memory of each program's tasks, pairs that Fargate has."
  type        = map(object({ cpu = number, memory = number }))
  default = {
    consumer  = { cpu = 256, memory = 512 }
    dashboard = { cpu = 512, memory = 1024 }
    load      = { cpu = 512, memory = 1024 }
  }
  validation {
    condition     = length(setintersection(keys(var.task_sizes), ["consumer", "dashboard", "load"])) == 3
    error_message = "consumer, dashboard and load each need a size."
  }
}

variable "machine_instance" {
  description = "small: the machine's size, of the arm64 kind."
  type        = string
  default     = "t4g.small"
}

variable "load_schedule" {
  description = "services: when the whole bucket is looked through, beside the events of new objects."
  type        = string
  default     = "cron(30 1 * * ? *)"
}

variable "time_zone" {
  description = "The time zone of load_schedule."
  type        = string
  default     = "Europe/London"
}

variable "ca_image" {
  description = "services: a small image with sh and wget that fetches Amazon's certificates for RDS."
  type        = string
  default     = "public.ecr.aws/docker/library/alpine:3.22"
}

variable "psql_image" {
  description = "An image with psql, sh and wget that makes the database's roles."
  type        = string
  default     = "public.ecr.aws/docker/library/postgres:17-alpine"
}
