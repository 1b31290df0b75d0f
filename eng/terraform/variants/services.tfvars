# Containers, and a cluster at MSK with IAM.
variant           = "services"
create_bucket     = true
zones             = 3
msk               = "iam"
bootstrap_servers = ""
sasl_mechanism    = ""
username          = ""
secrets           = { dashboard = { MUSEUM_KEY = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:museum/key-d4E5f6" } }
