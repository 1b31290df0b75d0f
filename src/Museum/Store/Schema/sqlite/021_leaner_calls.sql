-- Calls are listed by when they were made (support_instance_when); what asks by the kiosk's own time asks the ratings
-- too, which have no such index and are thirty times as many. Its upkeep was a tenth of a load.
drop index support_instance_created_at;
