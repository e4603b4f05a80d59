-- A round of the national Mynapoint (S3-01 to S3-08): to the ledger it is a programme of the State, whose budget is a limit. rate is in percent. The days may be changed (they were, S3-07).
create table inc_round(
  id {id} not null primary key,
  name text not null,
  apply_from int not null,
  apply_until int not null,
  buy_from int not null,
  buy_until int not null,
  rate int not null check(rate between 1 and 100),
  cap {long} not null check(cap > 0),
  kinds text not null check(kinds in ('charge', 'purchase', 'both')),
  check(apply_until >= apply_from),
  check(buy_until >= buy_from)
) {strict};

-- On which days a service can be chosen for a round; until_day null: as long as the round takes applications.
create table inc_round_service(
  round {id} not null,
  service {id} not null,
  from_day int not null,
  until_day int,
  primary key(round, service),
  check(until_day is null or until_day >= from_day)
) {strict};

-- The one service that somebody has chosen, for good (S3-05, K-26): once per person and round, by the key that survives a new ID. The id is the holder of the premiums in the ledger. Both hashes are keyed and
-- tell the service's events whose they are: number is what the member knows, word what the service calls the account.
create table inc_round_choice(
  id {id} not null primary key,
  round {id} not null,
  citizen {id} not null,
  person {id} not null,
  service {id} not null,
  account {id} not null,
  number_hash {blob} not null,
  word_hash {blob} not null,
  tail text not null,
  at_counter int not null check(at_counter in (0, 1)),
  made_ms {long} not null,
  unique(round, person),
  unique(round, service, number_hash),
  unique(round, service, word_hash)
) {strict};
create index inc_round_choice_citizen on inc_round_choice(citizen);

-- What the pages say from a day on (S3-15, S3-16, K-17).
create table inc_round_notice(
  kind text not null check(kind in ('scam', 'card_wait')),
  from_day int not null,
  text text not null,
  primary key(kind, from_day)
) {strict};
