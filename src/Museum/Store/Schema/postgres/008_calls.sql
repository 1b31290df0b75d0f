-- A call has a life: new, somebody on the way ("take"), resolved with an outcome, open again. An "acknowledge" from before that was told apart counts as
-- resolved, without an outcome.
alter table incident_action drop constraint incident_action_action_check;
alter table incident_action add constraint incident_action_action_check check (action in ('acknowledge', 'take', 'resolve', 'reopen', 'note'));
-- What it was: a word of the museum's own list.
alter table incident_action add column outcome text;
-- The number that whoever acted gave the act: sent again, it counts once.
alter table incident_action add column act text;
create unique index incident_action_act_press_id_key on incident_action (act, press_id) where act is not null;

-- A call may be escalated again: when it was reopened, or when whoever went did not resolve it in time. since says which waiting is meant.
alter table escalation add column since timestamptz;
update escalation set since = escalated_at;
alter table escalation alter column since set not null;
alter table escalation drop constraint escalation_pkey;
alter table escalation add primary key (press_id, since);

-- What the owner of the partition says is wrong; null when all is well.
alter table kafka_offset add column trouble text;

-- The codes of the museums somebody may see, with spaces between them; null: all.
alter table dashboard_user add column museums text;
