-- Calls for help that could not be read, the newest first: by when they were pressed, or arrived where that is not known or lies in the future.
drop index quarantine_help;
create index quarantine_help on quarantine (museum_id, (case when created_at < received_at then created_at else received_at end), quarantine_id)
  where possible_help and state = 'held';
