-- The figures of a programme (S1-S1) read these indexes and not the rows.
create index inc_application_granted on inc_application(programme, credited) where state = 'granted';
-- A file of a programme goes through it in this order.
create index inc_application_in_order on inc_application(programme, made_ms, id);
drop index inc_entitlement_programme;
create index inc_entitlement_programme on inc_entitlement(programme, amount);
