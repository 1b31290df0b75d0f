-- Earlier versions stored whatever instant a record carried. Presses from before kiosks could have sent any were counted: they are held now, as they
-- would be if they came today. Their bytes were not kept.
insert into quarantine (quarantine_id, museum_id, source_id, position, reason, detail, possible_help, raw, raw_length, exhibition_id, support_type_id,
                        created_at, received_at, run_id)
  select e.id, s.museum_id, e.source_id, e.position, 'past',
         'found at ' || e.at || ', stored by an earlier version, which did not keep its bytes; expected a time no earlier than 2010-01-01',
         e.help is not null, x'', 1, e.exhibition_id, e.help, case when e.at >= '0002' then e.at end, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), 0
  from (select rating_instance_id as id, source_id, position, rating_created_at as at, exhibition_id, null as help from rating_instance
        where exists (select 1 from rating_hourly where hour < '1971') and rating_created_at < '1971'
        union all
        select support_instance_id, source_id, position, instance_created_at, exhibition_id, support_type_id from support_instance
        where instance_created_at < '1971') e
    join source s on s.source_id = e.source_id;

update source
  set ratings = ratings - (select count(*) from quarantine q where q.source_id = source.source_id and q.run_id = 0 and not q.possible_help),
      support = support - (select count(*) from quarantine q where q.source_id = source.source_id and q.run_id = 0 and q.possible_help),
      quarantined = quarantined + (select count(*) from quarantine q where q.source_id = source.source_id and q.run_id = 0),
      possible_help = possible_help + (select count(*) from quarantine q where q.source_id = source.source_id and q.run_id = 0 and q.possible_help),
      epoch = epoch + 1
  where source_id in (select source_id from quarantine where run_id = 0 and reason = 'past');

delete from rating_instance where exists (select 1 from rating_hourly where hour < '1971') and rating_created_at < '1971';
delete from support_instance where instance_created_at < '1971';
delete from rating_hourly where hour < '1971';
delete from support_hourly where hour < '1971';

-- What no calendar can hold with a day before and after it stays readable in the record itself.
update quarantine set created_at = null where created_at < '0002' or created_at >= '9999';
