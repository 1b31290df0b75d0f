-- Earlier versions stored whatever instant a record carried. Presses from before kiosks could have sent any were counted, and made hours of -infinity,
-- which no page could show: they are held now, as they would be if they came today. Their bytes were not kept.
do $$ begin
  if exists (select 1 from rating_hourly where hour < '1971-01-01 00:00+00')
    or exists (select 1 from support_hourly where hour < '1971-01-01 00:00+00') then
    insert into quarantine (quarantine_id, museum_id, source_id, position, reason, detail, possible_help, raw, raw_length, exhibition_id, support_type_id,
                            created_at, received_at, run_id)
      select e.id, s.museum_id, e.source_id, e.position, 'past',
             'found at ' || e.at || ', stored by an earlier version, which did not keep its bytes; expected a time no earlier than 2010-01-01',
             e.help is not null, '', 1, e.exhibition_id, e.help, case when e.at >= '0002-01-01 00:00+00' then e.at end, now(), 0
      from (select rating_instance_id as id, source_id, position, rating_created_at as at, exhibition_id, null::smallint as help from rating_instance
            where rating_created_at < '1971-01-01 00:00+00'
            union all
            select support_instance_id, source_id, position, instance_created_at, exhibition_id, support_type_id from support_instance
            where instance_created_at < '1971-01-01 00:00+00') e
        join source s on s.source_id = e.source_id;
    update source s
      set ratings = s.ratings - n.ratings, support = s.support - n.support, quarantined = s.quarantined + n.ratings + n.support,
          possible_help = s.possible_help + n.support, epoch = s.epoch + 1
      from (select source_id, count(*) filter (where not possible_help) as ratings, count(*) filter (where possible_help) as support
            from quarantine where run_id = 0 and reason = 'past' group by source_id) n
      where n.source_id = s.source_id;
    delete from rating_instance where rating_created_at < '1971-01-01 00:00+00';
    delete from support_instance where instance_created_at < '1971-01-01 00:00+00';
    delete from rating_hourly where hour < '1971-01-01 00:00+00';
    delete from support_hourly where hour < '1971-01-01 00:00+00';
  end if;
end $$;

-- What no calendar can hold with a day before and after it stays readable in the record itself.
update quarantine set created_at = null where created_at < '0002-01-01 00:00+00' or created_at >= '9999-01-01 00:00+00';
