# One machine without a balancer; passwords in place of tokens.
variant             = "small"
certificate_arn     = ""
dashboard_host      = ""
dashboard_cidrs     = []
database_auth       = "password"
database_secret_arn = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/database-a1B2c3"
