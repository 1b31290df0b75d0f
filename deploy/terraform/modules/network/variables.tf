variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
}

variable "vpc_id" {
  description = "An existing network; null makes a new one."
  type        = string
}

variable "private_subnet_ids" {
  description = "Of the existing network: subnets for programs and database, with a way out through a NAT gateway."
  type        = list(string)
}

variable "public_subnet_ids" {
  description = "Of the existing network: subnets for the balancer."
  type        = list(string)
}

variable "vpc_cidr" {
  description = "The new network's addresses."
  type        = string
}

variable "zones" {
  description = "Over how many availability zones the new network is spread."
  type        = number
}

variable "nat_per_zone" {
  description = "A NAT gateway in each zone, so that one zone's failure leaves the others their way out."
  type        = bool
}

variable "outbound_ports" {
  description = "Ports the programs may reach anywhere, beside database and brokers."
  type        = set(string)
}
