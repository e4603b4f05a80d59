-- What a municipality was called before, with 、 between: people still look for a place under it (S0-1008).
alter table reg_municipality add column former_names text not null default '';
