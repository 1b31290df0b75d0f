-- When a call for help of the stream arrived, and whether that shows its kiosk's clock to be wrong: then it counts as made when it arrived.
alter table support_instance add column arrived_at timestamptz;
alter table support_instance add column clock_wrong boolean not null default false;
alter table quarantine add column clock_wrong boolean not null default false;

create index support_instance_when on support_instance ((case when clock_wrong then arrived_at else instance_created_at end), support_instance_id);

drop index quarantine_help;
create index quarantine_help on quarantine
  (museum_id, (case when created_at < received_at and not clock_wrong then created_at else received_at end), quarantine_id)
  where possible_help and state = 'held';
