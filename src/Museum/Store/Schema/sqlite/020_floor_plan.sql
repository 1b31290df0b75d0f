-- The picture of a floor, of which what is drawn is the museum's own affair.
create table floor_plan (
  museum_id  integer not null references museum on delete cascade,
  floor_id   integer not null references floor,
  media_type text not null,
  width      integer not null check (width > 0),
  height     integer not null check (height > 0),
  digest     text not null,
  picture    blob not null,
  primary key (museum_id, floor_id)
) strict;

-- Where an exhibition is on the picture of its floor, as fractions from the left and from the top.
create table exhibition_place (
  exhibition_id integer primary key references exhibition on delete cascade,
  x             real not null check (x between 0 and 1),
  y             real not null check (y between 0 and 1)
) strict;
