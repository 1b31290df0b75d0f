-- Months that were taken out of the database: which, where to, and how far it came. "writing" names a file that may be half there; from "removing" on
-- the file is complete, and exactly what it holds goes.
create table retirement (
  retirement_id integer primary key autoincrement,
  what          text not null check (what in ('events', 'refusals')),
  museum_id     integer not null references museum,
  month         text not null,
  -- A directory or a bucket, and the file there; null: away.
  place         text,
  file          text,
  row_count     integer not null default 0,
  state         text not null check (state in ('writing', 'removing', 'done')),
  at            text not null
) strict;

-- What of a source is retired: one bit for each position of a stretch of 65,536. Positions stay known, so that nothing is loaded twice; the ledger's
-- counts stay. Rows that are pending are still in their tables.
create table retired (
  retirement_id  integer not null references retirement,
  source_id      integer not null,
  kind           text not null check (kind in ('rating', 'support', 'refusal')),
  first_position integer not null,
  positions      blob not null,
  row_count      integer not null,
  -- Of refusals: those that were held.
  held           integer not null default 0,
  -- Four bytes for each press, by which its content is known again.
  contents       blob,
  first_at       text,
  last_at        text,
  pending        integer not null,
  primary key (source_id, kind, first_position, retirement_id)
) strict;

create index retired_pending on retired (retirement_id) where pending;

-- The hourly counts of what is retired, by source: a version that replaces it takes them away.
create table retired_hourly (
  source_id     integer not null,
  kind          text not null check (kind in ('rating', 'support')),
  hour          text not null,
  exhibition_id integer not null,
  type_id       integer not null,
  presses       integer not null check (presses > 0),
  primary key (source_id, kind, hour, exhibition_id, type_id)
) strict;

-- The same of refusals that were held.
create table retired_refusal (
  retired_refusal_id integer primary key autoincrement,
  source_id          integer not null,
  hour               text not null,
  site               text,
  exhibition_id      integer,
  reason             text not null,
  possible_help      integer not null,
  kind_known         integer not null,
  refusals           integer not null,
  last_id            integer not null
) strict;

create index retired_refusal_source on retired_refusal (source_id);
