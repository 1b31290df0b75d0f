-- Calls are listed by when they were made (support_instance_when); what asks by the kiosk's own time asks the ratings
-- too, and an index like theirs is enough. Its upkeep was a tenth of a load.
drop index support_instance_created_at;
create index support_instance_created_at on support_instance using brin (instance_created_at);
