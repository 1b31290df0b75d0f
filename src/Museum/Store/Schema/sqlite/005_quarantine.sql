create index quarantine_replayed on quarantine (museum_id, quarantine_id) where state = 'replayed';
