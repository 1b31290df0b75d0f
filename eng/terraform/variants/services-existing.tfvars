# Containers in a network that exists, with a cluster at MSK with SCRAM, an internal balancer and passwords in place of
# tokens.
variant               = "services"
vpc_id                = "vpc-0123456789abcdef0"
private_subnet_ids    = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
public_subnet_ids     = ["subnet-0123456789abcdef3", "subnet-0123456789abcdef4"]
dashboard_internal    = true
msk                   = "scram"
msk_scram_secret_arns = ["arn:aws:secretsmanager:eu-west-2:123456789012:secret:AmazonMSK_museum-a1B2c3"]
producer_cidrs        = ["10.0.0.0/16"]
database_auth         = "password"
database_secret_arn   = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/database-a1B2c3"
secrets_key_arn       = "arn:aws:kms:eu-west-2:123456789012:key/00000000-0000-0000-0000-000000000000"
