-- A lease may hold the sum of many transfers; each takes its part, so the last one leaves nothing.
create table ledger_lease_new(
  bucket int not null,
  limit_id {id} not null,
  transfer {id} not null,
  transfer_bucket int not null,
  amount {long} not null check(amount >= 0),
  until_ms {long} not null,
  primary key(bucket, limit_id, transfer)
) {strict};
insert into ledger_lease_new(bucket, limit_id, transfer, transfer_bucket, amount, until_ms)
select bucket, limit_id, transfer, transfer_bucket, amount, until_ms from ledger_lease;
drop table ledger_lease;
alter table ledger_lease_new rename to ledger_lease;
create index ledger_lease_due on ledger_lease(bucket, until_ms);
--only postgres
revoke update on ledger_lease from mykey_app;
grant update(amount) on ledger_lease to mykey_app;
--only both
