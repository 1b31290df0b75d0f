-- Kinds of help that are added may be emergencies too: those alarm and are escalated.
alter table support_type add column emergency boolean not null default false;
update support_type set emergency = true where support_type_value = 1;
