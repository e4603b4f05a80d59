-- When another officer approved a grant: from then on it is being posted.
alter table pts_grant add column decided_ms {long};
create index pts_grant_made on pts_grant(made_ms) where state = 'made';
