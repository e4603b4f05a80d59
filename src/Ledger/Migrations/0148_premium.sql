-- What each holder of premiums of a round has got (S3-03), and the end of its chain of entries, for a premium makes no lot (docs/adr/0012). The cap stands in the records.
create table ledger_premium(
  bucket int not null,
  holder {id} not null,
  programme {id} not null,
  service {id} not null,
  given {long} not null check(given >= 0),
  entry_no {long} not null,
  commitment {blob} not null,
  last_transfer {id} not null,
  primary key(bucket, holder)
)
--only postgres
with (fillfactor = 70);
revoke update, delete on ledger_premium from mykey_app;
grant update(given, entry_no, commitment, last_transfer) on ledger_premium to mykey_app;
--only sqlite
strict, without rowid;
--only both
