-- Who is told of what happens. Where a channel leads, and its secret, are settings; an e-mail's address alone stands here.
create table recipient (
  name       text primary key,
  channel    text not null check (channel in ('email', 'slack', 'teams', 'pagerduty', 'webhook')),
  address    text,
  -- A museum's code; null: every one.
  museum     text,
  -- Words with spaces between them; none: everything.
  kinds      text not null,
  -- HH:mm by the museum's clock; null: at any hour.
  told_from  text,
  told_to    text,
  created_at text not null
) strict;

-- The outbox: a row is what somebody is to be told, once. due_at moves ahead with each attempt, so that another server goes on where one has died.
create table notice (
  notice_id    integer primary key autoincrement,
  recipient    text not null references recipient on delete cascade,
  key          text not null,
  kind         text not null,
  severity     text not null,
  museum       text not null,
  subject      text not null,
  text         text not null,
  happened_at  text not null,
  queued_at    text not null,
  due_at       text not null,
  attempts     integer not null default 0,
  delivered_at text,
  problem      text,
  unique (recipient, key)
) strict;

create index notice_due on notice (due_at) where delivered_at is null;
