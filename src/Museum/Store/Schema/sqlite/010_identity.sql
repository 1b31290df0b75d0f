-- Presses of a source that repeat an earlier one of the same source: a few are honest, most of a file are a merge that appended to itself.
alter table source add column own_repeats integer not null default 0;

-- Versions that are not loaded when their place is loaded again: what they hold is there under other names, or somebody took it back.
create table set_aside (
  location text not null,
  name     text not null,
  version  text not null,
  why      text not null check (why in ('known', 'removed')),
  detail   text not null,
  at       text not null,
  primary key (location, name, version)
) strict;

-- Why an operator let go of a refusal for good; its state is superseded.
alter table quarantine add column discarded text;

-- An offset names a record only within one log. A log that was cut, or restored from a copy, begins a new generation of the partition,
-- whose rows belong to sources of their own.
alter table kafka_offset add column generation integer not null default 1;
-- A digest of the record before next_offset, as it was committed: where the log holds another one there, it is another log.
alter table kafka_offset add column last_record text;
-- It is stopped because the log is another one.
alter table kafka_offset add column other_log integer not null default 0;
