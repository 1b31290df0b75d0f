variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
}

variable "emails" {
  description = "Where alarms go; each address confirms once."
  type        = set(string)
}

variable "limits" {
  description = "When the alarms ring."
  type = object({
    silence_seconds    = number
    lag_messages       = number
    refused_share      = number
    refused_least      = number
    emergency_seconds  = number
    free_storage_share = number
  })
}

variable "log_group" {
  description = "Where the programs log."
  type        = string
}

variable "database" {
  description = "The instance's name in RDS and the storage it began with."
  type        = object({ identifier = string, storage_gb = number })
}

variable "failed_queue_name" {
  description = "The queue of events that could not be dealt with."
  type        = string
}

variable "balanced" {
  description = "Whether a balancer stands before the dashboard."
  type        = bool
}

variable "balancer_dimensions" {
  description = "How CloudWatch calls balancer and target group."
  type        = map(string)
}

variable "key_arn" {
  description = "The key that encrypts alarms on their way."
  type        = string
}
