-- Keys of cookies are sealed from now on, under a key that lies outside the database. Those that lie here in clear may have been copied: everybody logs
-- in once more.
delete from dashboard_key;

-- Sessions that were ended by a logout, until they would have ended by themselves: whoever copied the cookie has nothing.
create table session_over (
  session text primary key,
  until   text not null
) strict;

-- The secret of a user's one-time passwords, sealed, and the newest step that was used: no password counts twice.
alter table dashboard_user add column totp text;
alter table dashboard_user add column totp_step integer;
