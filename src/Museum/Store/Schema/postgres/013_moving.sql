-- The original's database had exhibitions without a day of their beginning.
alter table exhibition alter column exhibition_start_date drop not null;

-- The hour that the museum's clock showed, beside the instant.
create or replace view exhibition_info as
  select e.exhibition_id, m.code as museum, e.public_id, e.site, e.exhibition_name, e.exhibition_start_date, e.exhibition_description,
         f.floor, d.department_name, m.time_zone
  from exhibition e
  join museum m using (museum_id)
  join floor f using (floor_id)
  join department d using (department_id);

create or replace view rating_info as
  select r.rating_instance_id, r.rating_created_at, t.rating_type_value, t.rating_description,
         e.museum, e.exhibition_id, e.public_id, e.exhibition_name, e.floor, e.department_name,
         r.source_id, s.location as source_location, s.name as source_name, r.position,
         r.rating_created_at at time zone e.time_zone as rating_created_local
  from rating_instance r
  join rating_type t using (rating_type_id)
  join exhibition_info e using (exhibition_id)
  join source s using (source_id);

create or replace view support_info as
  select i.support_instance_id, i.instance_created_at, t.support_type_value, t.support_description,
         e.museum, e.exhibition_id, e.public_id, e.exhibition_name, e.floor, e.department_name,
         i.source_id, s.location as source_location, s.name as source_name, i.position,
         i.instance_created_at at time zone e.time_zone as instance_created_local
  from support_instance i
  join support_type t using (support_type_id)
  join exhibition_info e using (exhibition_id)
  join source s using (source_id);
