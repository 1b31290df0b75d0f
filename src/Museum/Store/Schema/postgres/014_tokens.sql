-- What programs read the API with. A token has 256 random bits and is shown once; of these, a plain SHA-256 tells as little as a slow hash would.
create table dashboard_token (
  name       text primary key,
  token_hash text not null unique,
  -- The codes of the museums it may see, with spaces between them; null: all.
  museums    text,
  created_at timestamptz not null,
  expires_at timestamptz
);
