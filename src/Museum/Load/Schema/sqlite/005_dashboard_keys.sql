-- The keys that sign the dashboard's cookies: a login outlives a restart, and counts at every server over this database.
-- Whoever reads this table can make a cookie: no role for reports or notebooks needs it.
create table dashboard_key (
  name       text primary key,
  xml        text not null,
  created_at text not null
) strict;
