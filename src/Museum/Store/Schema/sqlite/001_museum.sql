-- The same tables as on PostgreSQL. SQLite has no time zones: instants are text in UTC, yyyy-MM-ddTHH:mm:ss.ffffffZ, which sorts as it should.
create table museum (
  museum_id     integer primary key autoincrement,
  code          text not null unique,
  museum_name   text not null,
  topic         text not null unique,
  prefix        text not null unique,
  opens         text not null,
  closes        text not null,
  time_zone     text not null,
  check (opens < closes)
) strict;

create table floor (
  floor_id      integer primary key autoincrement,
  floor         text not null unique
) strict;

create table department (
  department_id   integer primary key autoincrement,
  department_name text not null unique
) strict;

create table exhibition (
  exhibition_id          integer primary key autoincrement,
  museum_id              integer not null references museum,
  public_id              text not null,
  site                   text not null,
  exhibition_name        text not null,
  exhibition_start_date  text not null,
  exhibition_description text not null,
  floor_id               integer not null references floor,
  department_id          integer not null references department,
  unique (museum_id, public_id),
  unique (museum_id, site)
) strict;

create table rating_type (
  rating_type_id     integer primary key,
  rating_type_value  integer not null unique,
  rating_description text not null
) strict;

create table support_type (
  support_type_id     integer primary key,
  support_type_value  integer not null unique,
  support_description text not null
) strict;

-- The ledger. One row for each version of each object (or each partition of a stream); position and counts move in the same
-- transaction as the rows, and epoch counts those transactions, so that only the one who saw the last may make the next.
create table source (
  source_id     integer primary key autoincrement,
  museum_id     integer not null references museum,
  kind          text not null,
  location      text not null,
  name          text not null,
  version       text not null,
  size          integer not null,
  replaces      integer references source,
  state         text not null check (state in ('loading', 'partial', 'loaded', 'replaced')),
  header        blob,
  next_byte     integer not null default 0,
  next_position integer not null default 0,
  epoch         integer not null default 0,
  read          integer not null default 0,
  ratings       integer not null default 0,
  support       integer not null default 0,
  quarantined   integer not null default 0,
  skipped       integer not null default 0,
  possible_help integer not null default 0,
  created_at    text not null,
  updated_at    text not null,
  constraint source_balances check (read = ratings + support + quarantined + skipped)
) strict;

create unique index source_current on source (location, name) where state <> 'replaced';

create table run (
  run_id      integer primary key autoincrement,
  command     text not null,
  arguments   text not null,
  host        text not null,
  started_at  text not null,
  finished_at text,
  state       text not null check (state in ('running', 'done', 'stopped', 'failed')),
  exit_code   integer,
  -- Rows of objects that were complete before: they get no row of their own in run_source.
  already     integer not null default 0,
  message     text
) strict;

create table run_source (
  run_id        integer not null references run,
  source_id     integer not null references source,
  read          integer not null,
  ratings       integer not null,
  support       integer not null,
  quarantined   integer not null,
  already       integer not null,
  skipped       integer not null,
  possible_help integer not null,
  updated_at    text not null,
  primary key (run_id, source_id),
  constraint run_source_balances check (read = ratings + support + quarantined + already + skipped)
) strict;

-- The key says where a row came from: source_id, then ten digits of position. No position can be stored twice.
-- No row-level foreign keys: they cost five times the load. The loader resolves ids in its own write transaction,
-- and a trigger refuses to delete an exhibition that has events.
create table rating_instance (
  rating_instance_id integer not null primary key,
  rating_created_at  text not null,
  position           integer not null,
  exhibition_id      integer not null,
  source_id          integer not null,
  rating_type_id     integer not null
) strict;

create table support_instance (
  support_instance_id integer not null primary key,
  instance_created_at text not null,
  position            integer not null,
  exhibition_id       integer not null,
  source_id           integer not null,
  support_type_id     integer not null
) strict;

create index support_instance_created_at on support_instance (instance_created_at);

create table rating_hourly (
  exhibition_id  integer not null,
  hour           text not null,
  rating_type_id integer not null,
  presses        integer not null check (presses >= 0),
  primary key (hour, exhibition_id, rating_type_id)
) strict, without rowid;

create table support_hourly (
  exhibition_id   integer not null,
  hour            text not null,
  support_type_id integer not null,
  presses         integer not null check (presses >= 0),
  primary key (hour, exhibition_id, support_type_id)
) strict, without rowid;

create table quarantine (
  quarantine_id   integer not null primary key,
  museum_id       integer not null references museum,
  source_id       integer not null,
  position        integer not null,
  reason          text not null,
  detail          text not null,
  possible_help   integer not null,
  raw             blob not null,
  raw_length      integer not null,
  site            text,
  exhibition_id   integer,
  support_type_id integer,
  created_at      text,
  received_at     text not null,
  run_id          integer not null,
  state           text not null default 'held' check (state in ('held', 'replayed', 'superseded')),
  resolved_at     text,
  resolved_run_id integer
) strict;

create index quarantine_held on quarantine (reason, quarantine_id) where state = 'held';
create index quarantine_help on quarantine (received_at) where possible_help;

create trigger exhibition_with_events_stays before delete on exhibition
  when exists (select 1 from rating_hourly where exhibition_id = old.exhibition_id)
    or exists (select 1 from support_hourly where exhibition_id = old.exhibition_id)
begin
  select raise(abort, 'the exhibition has events and cannot be deleted');
end;

create view exhibition_info as
  select e.exhibition_id, m.code as museum, e.public_id, e.site, e.exhibition_name, e.exhibition_start_date, e.exhibition_description,
         f.floor, d.department_name
  from exhibition e
  join museum m using (museum_id)
  join floor f using (floor_id)
  join department d using (department_id);

create view rating_info as
  select r.rating_instance_id, r.rating_created_at, t.rating_type_value, t.rating_description,
         e.museum, e.exhibition_id, e.public_id, e.exhibition_name, e.floor, e.department_name,
         r.source_id, s.location as source_location, s.name as source_name, r.position
  from rating_instance r
  join rating_type t using (rating_type_id)
  join exhibition_info e using (exhibition_id)
  join source s using (source_id);

create view support_info as
  select i.support_instance_id, i.instance_created_at, t.support_type_value, t.support_description,
         e.museum, e.exhibition_id, e.public_id, e.exhibition_name, e.floor, e.department_name,
         i.source_id, s.location as source_location, s.name as source_name, i.position
  from support_instance i
  join support_type t using (support_type_id)
  join exhibition_info e using (exhibition_id)
  join source s using (source_id);

insert into rating_type values (1, 0, 'Terrible'), (2, 1, 'Bad'), (3, 2, 'Neutral'), (4, 3, 'Good'), (5, 4, 'Amazing');
insert into support_type values (1, 0, 'Assistance'), (2, 1, 'Emergency');
insert into museum (code, museum_name, topic, prefix, opens, closes, time_zone)
  values ('LMNH', 'Liverpool Museum of Natural History', 'lmnh', 'lmnh', '08:45', '18:15', 'Europe/London');
