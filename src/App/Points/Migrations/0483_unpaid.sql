-- Lines of a recipient list that could not be paid at once (S2-P2c): known by the office's own number, paid later by a grant, or never.
alter table pts_grant_row add column reference text not null default '';
alter table pts_grant_row add column paid {id};
alter table pts_grant_row add column dropped_ms {long};
create index pts_grant_batch_programme on pts_grant_batch(programme);
