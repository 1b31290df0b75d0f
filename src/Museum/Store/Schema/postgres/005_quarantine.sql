-- Records of one site among millions: a few bytes for each megabyte tell where it cannot be, and a load does not notice them. (Operators for it came
-- with PostgreSQL 14; without them the search goes through everything, as it did.)
do $$ begin
  if current_setting('server_version_num')::int >= 140000 then
    create index quarantine_site on quarantine using brin (site text_bloom_ops) with (autosummarize = on);
  end if;
end $$;

create index quarantine_replayed on quarantine (museum_id, quarantine_id) where state = 'replayed';
