-- Kinds of help that are added may be emergencies too: those alarm and are escalated.
alter table support_type add column emergency integer not null default 0;
update support_type set emergency = 1 where support_type_value = 1;
