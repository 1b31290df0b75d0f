output "programs" {
  description = "By program: its arguments, its environment and its secrets' ARNs."
  value = { for program, user in local.user : program => {
    command = local.commands[program]
    environment = { for name, value in merge(local.common, { DATABASE_USERNAME = user }, local.own[program]) : name => value
    if value != "" }
    secrets = merge(local.password[program], { for name, arn in var.secrets[program] : lookup(local.called, name, name) => arn })
  } }
}

output "policies" {
  description = "By program: what it may do, as a policy document; empty where it may do nothing."
  value = { for program, document in data.aws_iam_policy_document.program : program => document.json
  if var.database_auth == "iam" || program == "load" || (program == "consumer" && length(var.kafka_policies) > 0) }
}
