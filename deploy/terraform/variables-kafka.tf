# ---- Kafka

variable "msk" {
  description = "none: a Kafka that exists; iam or scram: make a cluster at MSK, with that way to log in."
  type        = string
  default     = "none"
  validation {
    condition     = contains(["none", "iam", "scram"], var.msk)
    error_message = "none, iam or scram."
  }
  validation {
    condition     = var.msk == "none" || (var.vpc_id == null ? var.zones == 3 : length(var.private_subnet_ids) == 3)
    error_message = "A cluster at MSK keeps three copies: zones = 3, or three private subnets."
  }
}

variable "bootstrap_servers" {
  description = "BOOTSTRAP_SERVERS: the brokers of a Kafka that exists, host:port, comma separated."
  type        = string
  default     = ""
  validation {
    condition     = var.msk != "none" || can(regex("^[^,:\\s]+:\\d+(\\s*,\\s*[^,:\\s]+:\\d+)*$", var.bootstrap_servers))
    error_message = "host:port, comma separated; or msk = \"iam\" or \"scram\" for a cluster of your own."
  }
}

variable "security_protocol" {
  description = "SECURITY_PROTOCOL: SASL_SSL or SSL; PLAINTEXT and SASL_PLAINTEXT only inside your own network."
  type        = string
  default     = "SASL_SSL"
  validation {
    condition     = contains(["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"], var.security_protocol)
    error_message = "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."
  }
}

variable "sasl_mechanism" {
  description = "SASL_MECHANISM: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or AWS_MSK_IAM; empty without SASL."
  type        = string
  default     = ""
  validation {
    condition     = contains(["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "AWS_MSK_IAM"], var.sasl_mechanism)
    error_message = "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, AWS_MSK_IAM or nothing."
  }
  validation {
    condition     = var.msk != "none" || startswith(var.security_protocol, "SASL") == (var.sasl_mechanism != "")
    error_message = "SASL_SSL and SASL_PLAINTEXT need sasl_mechanism; SSL and PLAINTEXT have none."
  }
}

variable "username" {
  description = "USERNAME: the consumer's name at the brokers. PASSWORD is a secret: secrets.consumer."
  type        = string
  default     = ""
  validation {
    condition     = (var.msk == "scram" || (var.msk == "none" && contains(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"], var.sasl_mechanism))) == (var.username != "")
    error_message = "PLAIN and SCRAM need username; IAM and no SASL have none."
  }
  validation {
    condition = (
      var.username == "" ||
      length(setintersection(keys(var.secrets.consumer), ["PASSWORD", "KAFKA_SASL_PASSWORD"])) == 1
    )
    error_message = "secrets.consumer needs PASSWORD beside username."
  }
}

variable "topic" {
  description = "TOPIC: one topic or several, comma separated."
  type        = string
  default     = "lmnh"
}

variable "group" {
  description = "GROUP: the consumer group."
  type        = string
  default     = "museum-pipeline"
}

variable "kafka_cidrs" {
  description = "The addresses at which a Kafka that exists is; the programs may reach its port there and nowhere else."
  type        = set(string)
  default     = ["0.0.0.0/0"]
}

variable "msk_cluster_arn" {
  description = "AWS_MSK_IAM at a cluster that exists: its ARN."
  type        = string
  default     = null
  validation {
    condition = (
      var.msk != "none" ||
      var.sasl_mechanism != "AWS_MSK_IAM" ||
      can(regex("^arn:aws:kafka:[^:]+:[0-9]{12}:cluster/.+$", var.msk_cluster_arn))
    )
    error_message = "AWS_MSK_IAM needs the cluster's ARN."
  }
}

variable "msk_version" {
  description = "The new cluster's version of Kafka."
  type        = string
  default     = "3.8.x"
}

variable "msk_instance" {
  description = "The size of the new cluster's three brokers."
  type        = string
  default     = "kafka.t3.small"
}

variable "msk_storage_gb" {
  description = "The storage of each of them, in GB."
  type        = number
  default     = 20
}

variable "msk_scram_secret_arns" {
  description = "scram: the secrets with username and password that the new cluster knows; their names begin with AmazonMSK_, and a key of yours encrypts them."
  type        = set(string)
  default     = []
  validation {
    condition = (
      var.msk != "scram" ||
      (length(var.msk_scram_secret_arns) > 0 && alltrue([for arn in var.msk_scram_secret_arns : can(regex(":secret:AmazonMSK_", arn))]))
    )
    error_message = "msk = \"scram\" needs secrets whose names begin with AmazonMSK_."
  }
}

variable "producer_cidrs" {
  description = "The addresses from which the kiosks' presses reach a new cluster."
  type        = set(string)
  default     = []
}
