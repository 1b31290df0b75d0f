-- Where each partition of a stream stands. Moved in the transaction of the rows, by whoever holds the newest epoch (the fencing token);
-- the broker is told afterwards, as a courtesy to lag tools, and never asked.
create table kafka_offset (
  cluster_id   text not null,
  topic        text not null,
  topic_id     text not null,
  partition    integer not null,
  museum_id    integer not null references museum,
  source_id    integer references source,
  start_offset integer not null,
  next_offset  integer not null,
  -- The furthest it ever stood: below this, after a rewind, rows may be there already.
  high_offset  integer not null,
  -- The end of the partition when its owner last looked.
  end_offset   integer,
  leader_epoch integer,
  epoch        integer not null default 0,
  owner        text,
  -- Why it is stopped until an operator decides; null when all is well.
  problem      text,
  -- The topic was deleted and made anew, and an operator accepted it: kept for the record.
  retired      integer not null default 0,
  updated_at   text not null,
  seen_at      text,
  primary key (cluster_id, topic, topic_id, partition)
) strict;

-- Every move of an operator: who did what to which position.
create table operator_action (
  action_id integer primary key autoincrement,
  at        text not null,
  who       text not null,
  command   text not null,
  target    text not null,
  detail    text not null
) strict;

-- The last sign of life of a run that may wait for hours without loading a row.
alter table run add column seen_at text;
