-- Whose reserved points are past their last day and could not go to a base municipality (S0-1010f). How many they are, the ledger knows.
create table pts_reserved_hold(
  bucket int not null,
  citizen {id} not null,
  reason text not null check(reason in ('no_base', 'base_closed', 'suspended', 'revoked')),
  since_ms {long} not null,
  primary key(bucket, citizen)
) {strict};
