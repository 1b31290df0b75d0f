-- The original's database had exhibitions without a day of their beginning. SQLite changes a column only by creating the table again, and refuses
-- that while views name it. There are no local times in these views: SQLite knows no time zones.
drop view rating_info;
drop view support_info;
drop view exhibition_info;
drop trigger exhibition_with_events_stays;

create table exhibition_anew (
  exhibition_id          integer primary key autoincrement,
  museum_id              integer not null references museum,
  public_id              text not null,
  site                   text not null,
  exhibition_name        text not null,
  exhibition_start_date  text,
  exhibition_description text not null,
  floor_id               integer not null references floor,
  department_id          integer not null references department,
  unique (museum_id, public_id),
  unique (museum_id, site)
) strict;

insert into exhibition_anew select * from exhibition;
drop table exhibition;
alter table exhibition_anew rename to exhibition;

create trigger exhibition_with_events_stays before delete on exhibition
  when exists (select 1 from rating_hourly where exhibition_id = old.exhibition_id)
    or exists (select 1 from support_hourly where exhibition_id = old.exhibition_id)
begin
  select raise(abort, 'the exhibition has events and cannot be deleted');
end;

create view exhibition_info as
  select e.exhibition_id, m.code as museum, e.public_id, e.site, e.exhibition_name, e.exhibition_start_date, e.exhibition_description,
         f.floor, d.department_name, m.time_zone
  from exhibition e
  join museum m using (museum_id)
  join floor f using (floor_id)
  join department d using (department_id);

create view rating_info as
  select r.rating_instance_id, r.rating_created_at, t.rating_type_value, t.rating_description,
         e.museum, e.exhibition_id, e.public_id, e.exhibition_name, e.floor, e.department_name,
         r.source_id, s.location as source_location, s.name as source_name, r.position
  from rating_instance r
  join rating_type t using (rating_type_id)
  join exhibition_info e using (exhibition_id)
  join source s using (source_id);

create view support_info as
  select i.support_instance_id, i.instance_created_at, t.support_type_value, t.support_description,
         e.museum, e.exhibition_id, e.public_id, e.exhibition_name, e.floor, e.department_name,
         i.source_id, s.location as source_location, s.name as source_name, i.position
  from support_instance i
  join support_type t using (support_type_id)
  join exhibition_info e using (exhibition_id)
  join source s using (source_id);
