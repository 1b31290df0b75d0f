-- Who is vouched for by a provider has no row in dashboard_user. Their sessions carry the stamps that stood here when they began, under their name in
-- small letters and under '', which is everybody; a session that carries another one is worth nothing. Nobody's clock has a say in it.
create table session_end (
  name  text primary key,
  stamp text not null,
  at    timestamptz not null
);
