-- Up to when a citizen has looked at what left his holdings without PIN or number (identity.md, "At terminals"): one row each, moved on.
create table pts_use_seen(
  citizen {id} not null primary key,
  until_ms {long} not null
) {strict};
