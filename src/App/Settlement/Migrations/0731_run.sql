-- One file for the bank (総合振込): made, compared, approved by another officer, and what the bank did with it. The file names accounts, so it is wrapped.
create table stl_run(
  id {id} not null primary key,
  issuer text not null,
  pay_day int not null,
  transfers int not null,
  amount {long} not null,
  file {blob} not null,
  state text not null check(state in ('checking', 'blocked', 'waiting', 'approved', 'done', 'withdrawn')),
  maker {id} not null,
  made_ms {long} not null,
  decided_by {id},
  decided_ms {long}
) {strict};
create index stl_run_issuer on stl_run(issuer, made_ms);
create index stl_run_checking on stl_run(made_ms) where state = 'checking';

-- One payment to one account, for all of its claims that were approved.
create table stl_run_transfer(
  run {id} not null,
  number {long} not null,
  creditor_kind int not null,
  creditor {id} not null,
  account {id} not null references stl_account(id),
  amount {long} not null check(amount > 0),
  state text not null check(state in ('ordered', 'paid', 'returned')),
  primary key(run, number)
) {clustered};
create index stl_run_transfer_account on stl_run_transfer(account) where state = 'paid';

-- A claim is in one file at most; it leaves a file that was withdrawn and a payment that came back.
create table stl_run_claim(claim {id} not null primary key references stl_claim(id), run {id} not null, number {long} not null) {strict};
create index stl_run_claim_run on stl_run_claim(run, number);

-- Why a file is blocked (S2-Q3): what the claims say, and what the ledger or the file says.
create table stl_run_difference(
  run {id} not null,
  number int not null,
  found_in text not null check(found_in in ('ledger', 'file')),
  month int not null,
  creditor_kind int not null,
  creditor {id} not null,
  claimed {long} not null,
  found {long} not null,
  primary key(run, number)
) {clustered};
--only postgres
revoke update, delete on stl_run, stl_run_transfer, stl_run_difference from mykey_app;
grant update(file, state, decided_by, decided_ms) on stl_run to mykey_app;
grant update(state) on stl_run_transfer to mykey_app;
revoke update on stl_run_claim from mykey_app;
--only both
