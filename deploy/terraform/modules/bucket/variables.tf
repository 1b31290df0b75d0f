variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
}

variable "bucket" {
  description = "The bucket's name."
  type        = string
}

variable "prefix" {
  description = "Only objects whose keys begin so are loaded; empty for all."
  type        = string
}

variable "create" {
  description = "Whether the bucket is made."
  type        = bool
}

variable "notifications" {
  description = "Whether the bucket's notifications are set to EventBridge."
  type        = bool
}

variable "key_arn" {
  description = "The key that encrypts a bucket made here."
  type        = string
}
