const secretName =
  /(^|_)(passwords?|passwd|secrets?|tokens?|api_?keys?|private_?keys?|access_?keys?|credentials?)($|_)|^MUSEUM_KEY$/i;
const harmlessName = /(_arns?|_names?|_ids?|_version|_length|_rotation|_days|_path|_enabled)$/i;

// Whether a variable or setting of this name would hold a secret, not only speak of one.
export const looksSecret = name => secretName.test(name) && !harmlessName.test(name);
