-- A call has a life: new, somebody on the way ("take"), resolved with an outcome, open again. An "acknowledge" from before that was told apart counts as
-- resolved, without an outcome.
create table incident_action_now (
  incident_action_id integer primary key autoincrement,
  press_id           integer not null,
  museum_id          integer not null references museum,
  action             text not null check (action in ('acknowledge', 'take', 'resolve', 'reopen', 'note')),
  who                text not null,
  note               text not null,
  at                 text not null,
  -- What it was: a word of the museum's own list.
  outcome            text,
  -- The number that whoever acted gave the act: sent again, it counts once.
  act                text
) strict;
insert into incident_action_now (incident_action_id, press_id, museum_id, action, who, note, at)
  select incident_action_id, press_id, museum_id, action, who, note, at from incident_action;
drop table incident_action;
alter table incident_action_now rename to incident_action;
create index incident_action_press on incident_action (press_id, incident_action_id);
create unique index incident_action_act_press_id_key on incident_action (act, press_id) where act is not null;

-- A call may be escalated again: when it was reopened, or when whoever went did not resolve it in time. since says which waiting is meant.
create table escalation_now (
  press_id     integer not null,
  museum_id    integer not null references museum,
  escalated_at text not null,
  attempts     integer not null default 0,
  delivered_at text,
  problem      text,
  since        text not null,
  primary key (press_id, since)
) strict;
insert into escalation_now select press_id, museum_id, escalated_at, attempts, delivered_at, problem, escalated_at from escalation;
drop table escalation;
alter table escalation_now rename to escalation;

-- What the owner of the partition says is wrong; null when all is well.
alter table kafka_offset add column trouble text;

-- The codes of the museums somebody may see, with spaces between them; null: all.
alter table dashboard_user add column museums text;
