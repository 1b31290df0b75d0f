# ---- the dashboard and the alarms

variable "certificate_arn" {
  description = "The certificate of the dashboard's name, in ACM. small without it has no balancer: the dashboard is opened through Systems Manager."
  type        = string
  default     = ""
  validation {
    condition     = var.certificate_arn == "" ? var.variant == "small" : can(regex("^arn:aws:acm:[^:]+:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "services needs a certificate: arn:aws:acm:REGION:ACCOUNT:certificate/ID."
  }
}

variable "dashboard_host" {
  description = "The dashboard's name, as in the certificate: MUSEUM_PUBLIC_URL is https:// and this."
  type        = string
  default     = ""
  validation {
    condition = (
      (var.certificate_arn == "") == (var.dashboard_host == "") &&
      can(regex("^[a-z0-9.-]*$", var.dashboard_host))
    )
    error_message = "A balancer needs the dashboard's name, such as museum.example.org."
  }
}

variable "dashboard_cidrs" {
  description = "The addresses from which the dashboard may be opened: the museum's own."
  type        = set(string)
  default     = []
  validation {
    condition     = (var.certificate_arn == "") == (length(var.dashboard_cidrs) == 0)
    error_message = "A balancer needs the addresses from which the dashboard may be opened."
  }
}

variable "dashboard_internal" {
  description = "Whether the balancer has private addresses only, for a network that is joined to the museum's."
  type        = bool
  default     = false
}

variable "alarm_emails" {
  description = "Where alarms go; each address confirms once."
  type        = set(string)
  default     = []
}

variable "alarm_limits" {
  description = "When alarms ring: seconds without a press while a museum is open, messages behind, share refused of at least so many presses in 15 minutes, seconds an emergency waits, share of free storage."
  type = object({
    silence_seconds    = optional(number, 900)
    lag_messages       = optional(number, 1000)
    refused_share      = optional(number, 0.2)
    refused_least      = optional(number, 50)
    emergency_seconds  = optional(number, 600)
    free_storage_share = optional(number, 0.1)
  })
  default = {}
}
