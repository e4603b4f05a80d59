-- Limited things (a budget, a cap): taken by a conditional update before the posting, settled after it.
create table ledger_limit(
  bucket int not null,
  id {id} not null,
  total {long} not null check(total >= 0),
  taken {long} not null check(taken >= 0 and taken <= total),
  primary key(bucket, id)
) {strict};

-- What was taken for a transfer that is on its way. The row goes when the transfer stands, or with what it took when it does not.
create table ledger_lease(
  bucket int not null,
  limit_id {id} not null,
  transfer {id} not null,
  transfer_bucket int not null,
  amount {long} not null check(amount > 0),
  until_ms {long} not null,
  primary key(bucket, limit_id, transfer)
) {strict};
create index ledger_lease_due on ledger_lease(bucket, until_ms);
