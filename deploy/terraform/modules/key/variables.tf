variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
}
