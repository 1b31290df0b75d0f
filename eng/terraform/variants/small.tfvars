# One machine in a network of its own, with a balancer, and a bucket that is made.
variant              = "small"
create_bucket        = true
bucket_notifications = true
