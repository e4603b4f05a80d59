-- Grants to one person. A waiting one needs another officer's approval (S2-P6d, V-D3); refused ones leave no row.
create table pts_grant(
  id {id} not null primary key,
  municipality text not null,
  programme {id} not null,
  citizen {id} not null,
  shown_id text not null,
  amount {long} not null check(amount > 0),
  expires_on int not null,
  occasion text not null,
  alone int not null check(alone in (0, 1)),
  state text not null,
  maker_kind int not null,
  maker {id} not null,
  decided_by {id},
  civil_day int not null,
  made_ms {long} not null
) {strict};
create index pts_grant_maker on pts_grant(maker, made_ms);
create index pts_grant_open on pts_grant(municipality, state) where state <> 'posted';

-- What one maker has granted alone out of one programme on one day: single and by file (identity.md, four eyes).
create table pts_grant_day(
  maker {id} not null,
  programme {id} not null,
  civil_day int not null,
  granted {long} not null check(granted >= 0),
  primary key(maker, programme, civil_day)
) {strict};

-- Once per person and occasion (S2-P19c, S2-P19d): counted by the person key, which outlives a MyKeyId.
create table pts_grant_once(
  bucket int not null,
  programme {id} not null,
  occasion text not null,
  person {id} not null,
  transfer {id} not null,
  primary key(bucket, programme, occasion, person)
) {strict};

-- Changes of a programme's budget that wait for a second person, and those that were decided.
create table pts_budget_change(
  id {id} not null primary key,
  municipality text not null,
  programme {id} not null,
  total {long} not null check(total >= 0),
  state text not null,
  maker {id} not null,
  decided_by {id},
  made_ms {long} not null
) {strict};
create index pts_budget_change_open on pts_budget_change(municipality) where state = 'waiting';
