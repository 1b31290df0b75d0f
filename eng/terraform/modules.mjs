// The npm modules of these checks lie outside the tree: 430 MB, most of it the provider's schema. eng/terraform-check
// fills the folder.
import { createRequire } from 'node:module';
import { join } from 'node:path';

if (!process.env.MUSEUM_TERRAFORM_MODULES)
  throw new Error('MUSEUM_TERRAFORM_MODULES is not set; run this through eng/terraform-check or eng/terraform/plant');
export const modules = process.env.MUSEUM_TERRAFORM_MODULES;
export const require = createRequire(join(modules, 'x.js'));
