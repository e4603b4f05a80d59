-- Wrong grants that a municipality takes back (Z2): what was not spent goes back to the budget by a transfer of the same id; what was is a claim outside the system.
create table pts_recall(
  id {id} not null primary key,
  bucket int not null,
  municipality text not null,
  programme {id} not null,
  granted_by {id} not null,
  citizen {id} not null,
  person {id} not null,
  shown_id text not null,
  amount {long} not null check(amount > 0),
  reason text not null,
  state text not null,
  maker {id} not null,
  decided_by {id},
  civil_day int not null,
  made_ms {long} not null,
  posted_ms {long},
  recalled {long} check(recalled >= 0),
  claim {long} check(claim >= 0),
  check((state = 'posted') = (recalled is not null and claim is not null and posted_ms is not null))
) {strict};
create unique index pts_recall_waiting on pts_recall(granted_by) where state = 'waiting';
create index pts_recall_grant on pts_recall(granted_by);
create index pts_recall_municipality on pts_recall(municipality, made_ms);
create index pts_recall_bucket on pts_recall(bucket);
