-- What was done about a call for help. press_id is the key of the row in support_instance or quarantine: a record keeps its key when it is replayed.
-- Only added to: the newest acknowledge or reopen of a press says how it stands.
create table incident_action (
  incident_action_id integer primary key autoincrement,
  press_id           integer not null,
  museum_id          integer not null references museum,
  action             text not null check (action in ('acknowledge', 'reopen', 'note')),
  who                text not null,
  note               text not null,
  at                 text not null
) strict;

create index incident_action_press on incident_action (press_id, incident_action_id);

-- An emergency nobody acknowledged in time: a row is the right to tell it, so that of several servers one does.
create table escalation (
  press_id     integer primary key,
  museum_id    integer not null references museum,
  escalated_at text not null,
  attempts     integer not null default 0,
  delivered_at text,
  problem      text
) strict;

create table dashboard_user (
  name          text primary key,
  role          text not null check (role in ('viewer', 'security', 'operator')),
  password_hash text not null,
  -- Cookies that were given out under an older stamp are worth nothing.
  stamp         text not null,
  created_at    text not null,
  updated_at    text not null
) strict;

-- The keys that sign the dashboard's cookies: a login outlives a restart, and counts at every server over this database.
-- Whoever reads this table can make a cookie: no role for reports or notebooks needs it.
create table dashboard_key (
  name       text primary key,
  xml        text not null,
  created_at text not null
) strict;

-- Calls for help that could not be read, the newest first: by when they were pressed, or arrived where that is not known or lies in the future.
drop index quarantine_help;
create index quarantine_help on quarantine (museum_id, (case when created_at < received_at then created_at else received_at end), quarantine_id)
  where possible_help and state = 'held';
