-- What a programme has granted to a citizen who has still to receive it (S1-24): the transfer of that id keeps the points, this row what is shown beside them. What has
-- become of it say the ledger and the claims.
create table inc_entitlement(
  bucket int not null,
  citizen {id} not null,
  id {id} not null,
  programme {id} not null,
  municipality text not null,
  amount {long} not null check(amount > 0),
  granted_ms {long} not null,
  last_day int not null,
  primary key(bucket, citizen, id)
) {strict};
create index inc_entitlement_programme on inc_entitlement(programme);
