-- What happened on a day, as people write it beside the trends; of one exhibition, or of the whole museum.
create table annotation (
  annotation_id integer primary key autoincrement,
  museum_id     integer not null references museum on delete cascade,
  exhibition_id integer references exhibition on delete cascade,
  day           text not null,
  note          text not null,
  who           text not null,
  at            text not null
) strict;

create index annotation_day on annotation (museum_id, day);

-- The mean an exhibition is held against, where it is not the museum's.
create table exhibition_target (
  exhibition_id integer primary key references exhibition on delete cascade,
  mean          real not null
) strict;
