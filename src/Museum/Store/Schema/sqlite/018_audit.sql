-- Who did what. The rows know people by opaque ids; names and addresses are in a table of their own, which "museum users erase" empties without breaking
-- the chain of hashes.
create table audit_actor (
  actor_id text primary key,
  name     text not null,
  provider text not null,
  address  text not null,
  unique (name, provider, address)
) strict;

create table audit_event (
  audit_id   integer primary key autoincrement,
  at         text not null,
  event      text not null,
  actor_id   text not null references audit_actor,
  subject_id text references audit_actor,
  detail     text not null,
  times      integer not null check (times > 0),
  -- The hash of the row before; unique, so that the chain has no branches.
  previous   text not null unique,
  hash       text not null
) strict;

-- Rows up to through_id were removed when their time was over; the chain begins after this hash.
create table audit_start (
  through_id integer primary key,
  hash       text not null,
  at         text not null
) strict;

create trigger audit_event_keep_row before update on audit_event
begin
  select raise(abort, 'the audit is only added to: UPDATE of audit_event is refused');
end;

create trigger audit_event_keep before delete on audit_event
when old.audit_id > coalesce((select max(through_id) from audit_start), 0)
begin
  select raise(abort, 'the audit is only added to: DELETE of audit_event is refused');
end;

create trigger audit_start_keep_row before update on audit_start
begin
  select raise(abort, 'the audit is only added to: UPDATE of audit_start is refused');
end;

create trigger audit_start_keep before delete on audit_start
begin
  select raise(abort, 'the audit is only added to: DELETE of audit_start is refused');
end;

create trigger audit_actor_keep before update on audit_actor
when new.actor_id <> old.actor_id or new.name <> 'erased ' || old.actor_id or new.provider <> '' or new.address <> ''
begin
  select raise(abort, 'the audit is only added to: UPDATE of audit_actor is refused');
end;
