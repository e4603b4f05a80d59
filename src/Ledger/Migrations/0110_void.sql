-- Citizens who gave up their MyKeyId: whatever lies in their lots, now or later, becomes void (S0-5017).
create table ledger_void(
  bucket int not null,
  citizen {id} not null,
  begun_ms {long} not null,
  primary key(bucket, citizen)
) {strict};
-- How much became void, of each issuer.
create index ledger_transfer_void on ledger_transfer(issuer, civil_day) where kind = 16;
--only postgres
revoke update, delete on ledger_void from mykey_app;
--only both
