-- An event that does not take place (S0-5010b): its points pay no more and never lapse by its rule; after its last day they become points of the municipality.
alter table reg_event add column called_off int not null default 0 check(called_off in (0, 1));
