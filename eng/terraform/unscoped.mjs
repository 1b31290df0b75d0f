// The actions that may stand on the resource *: AWS knows no resource for them (Service Authorization Reference).
export const unscoped = new Set([
  'ecr:GetAuthorizationToken', // a login to ECR belongs to no repository
  'ssm:UpdateInstanceInformation', // the agent of Systems Manager says that it is there
  'ssmmessages:CreateControlChannel', // the agent's session in place of SSH
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
]);

const list = v => (v === undefined || v === null ? [] : [v].flat());

// What is wrong with a statement of a policy, written as IAM has it: { Effect, Action, Resource, Principal, Condition
// }.
export function* faults(s) {
  if (s.Effect === 'Deny') return;
  const actions = list(s.Action),
    resources = list(s.Resource);
  const principals = s.Principal === '*' ? ['*'] : Object.values(s.Principal ?? {}).flat();
  // In a key's own policy * is the key, and without the account's own kms:* nobody could administer it.
  const keyPolicy = principals.length > 0 && actions.every(a => /^kms:/.test(a));
  const account = keyPolicy && principals.every(p => /^arn:aws:iam::(\d{12}|\$\{[^}]+\}):root$/.test(p));
  const everywhere = resources.some(r => r === '*' || /^arn:aws:[a-z0-9-]+:::?\*/.test(r));
  for (const action of actions) {
    if (action.includes('*') && !account) yield `allows ${action}, a wildcard`;
    if (everywhere && !keyPolicy && !unscoped.has(action)) yield `allows ${action} on every resource`;
  }
  if (s.NotAction !== undefined || s.NotResource !== undefined) yield 'allows everything but a list';
  if (principals.includes('*') && !s.Condition) yield 'may be used by everybody (principal *)';
  const byService = principals.length > 0 && Object.keys(s.Principal ?? {}).join() === 'Service';
  if (byService && keyPolicy && !s.Condition) yield 'lets a service use the key for any account';
}
