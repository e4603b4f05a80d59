-- What a citizen is known by at a payment service (S1-25b). number and account are wrapped by the key-encryption key; number_hash is keyed, so that nobody else registers the same (S1-39). A removed one
-- keeps neither; what was ordered still names its row.
create table inc_payment_account(
  bucket int not null,
  citizen {id} not null,
  id {id} not null,
  service {id} not null,
  number {blob} not null,
  number_hash {blob},
  account {blob} not null,
  tail text not null,
  state text not null check(state in ('live', 'invalid', 'removed')),
  made_ms {long} not null,
  primary key(bucket, citizen, id),
  check((number_hash is null) = (state = 'removed'))
) {strict};
create unique index inc_payment_account_number on inc_payment_account(service, number_hash);
