-- Counts are counted up again and again: with room beside each row that takes no new entry in the index.
alter table rating_hourly set (fillfactor = 50);
alter table support_hourly set (fillfactor = 50);
