-- The first day on which a municipality's points pay (S4-14): until then they are given, but not used.
alter table reg_municipality add column use_from int;
