-- Fixed at set-up: another number of buckets is refused at start.
create table ledger_genesis(format int not null primary key, buckets int not null, created_ms {long} not null) {strict};

-- One row per bucket: the end of its chain, and the lock of every lot in it.
create table ledger_head(bucket int not null primary key, height {long} not null, hash {blob} not null, epoch int not null) {strict};

create table ledger_block(
  bucket int not null,
  height {long} not null,
  previous_hash {blob} not null,
  count int not null check(count > 0),
  entries_root {blob} not null,
  time_ms {long} not null,
  writer {id} not null,
  epoch int not null,
  sums {blob} not null,
  hash {blob} not null,
  primary key(bucket, height)
) {clustered};

-- The truth. Record and salt become null only by erasure; the commitment stays.
create table ledger_entry(
  bucket int not null,
  height {long} not null,
  pos int not null,
  kind int not null,
  commitment {blob} not null,
  salt {blob},
  record {blob},
  primary key(bucket, height, pos)
) {clustered};

-- Projection of the records: one row per business action, with its postings as legs (docs/adr/0003). Not clustered: SQLite appends wide rows
-- behind a narrow index faster than it moves them about in a tree.
create table ledger_transfer(
  bucket int not null,
  id {id} not null,
  kind int not null,
  citizen {id},
  entry_no {long} not null,
  previous {id},
  time_ms {long} not null,
  civil_day int not null,
  actor_kind int not null,
  actor {id} not null,
  acceptor {id},
  terminal {id},
  programme {id},
  cancels {id},
  settings text not null,
  issuer text not null,
  amount {long} not null check(amount > 0),
  legs text not null,
  height {long} not null,
  pos int not null,
  primary key(bucket, id)
) {strict};
-- A transfer is cancelled at most once (S0-1014a).
create unique index ledger_transfer_cancels on ledger_transfer(bucket, cancels) where cancels is not null;

-- Projection of the records: what is left of each acquisition.
create table ledger_lot(
  bucket int not null,
  citizen {id} not null,
  id {id} not null,
  kind int not null,
  issuer text not null,
  owner {id} not null,
  acquired_on int not null,
  expires_on int not null,
  amount {long} not null check(amount > 0),
  remaining {long} not null check(remaining >= 0 and remaining <= amount),
  source_kind int not null,
  partner {id},
  rate_partner int not null,
  rate_municipal int not null,
  programme {id},
  parent {id},
  entry_no {long} not null,
  commitment {blob} not null,
  last_transfer {id} not null,
  closed int not null check(closed = 0 or remaining = 0),
  primary key(bucket, citizen, id)
)
--only postgres
with (fillfactor = 80);
--only sqlite
strict, without rowid;
--only both
create index ledger_lot_open on ledger_lot(bucket, citizen) where closed = 0;
-- The condition on the date keeps a payment's look-up of open lots away from this index: on a table that was never analysed, both look alike.
create index ledger_lot_due on ledger_lot(bucket, expires_on) where closed = 0 and expires_on < 99991231;

--only postgres
create view ledger_posting as
select t.bucket, t.id as transfer, (leg.n - 1)::int as n, leg.value->>0 as account, (leg.value->>1)::uuid as lot,
  (leg.value->>2)::bigint as amount, (leg.value->>3)::bigint as balance_after
from ledger_transfer t cross join lateral jsonb_array_elements(t.legs::jsonb) with ordinality as leg(value, n);
--only sqlite
create view ledger_posting as
select t.bucket, t.id as transfer, leg.key as n, leg.value ->> 0 as account, unhex(leg.value ->> 1) as lot,
  leg.value ->> 2 as amount, leg.value ->> 3 as balance_after
from ledger_transfer t, json_each(t.legs) leg;
--only both
