-- The accounts that a municipality pays from (creditor_kind 0, its own) and to (S2-P6e): made by one officer and approved by another. Each municipality keeps its own, so that nobody else says where its money goes.
create table stl_account(
  id {id} not null primary key,
  municipality text not null,
  creditor_kind int not null,
  creditor {id} not null,
  account {blob} not null,
  tail text not null,
  state text not null check(state in ('waiting', 'active', 'replaced', 'withdrawn')),
  maker {id} not null,
  made_ms {long} not null,
  decided_by {id},
  decided_ms {long}
) {strict};
create unique index stl_account_active on stl_account(municipality, creditor_kind, creditor) where state = 'active';
create unique index stl_account_waiting on stl_account(municipality, creditor_kind, creditor) where state = 'waiting';
--only postgres
revoke update, delete on stl_account from mykey_app;
grant update(account, state, decided_by, decided_ms) on stl_account to mykey_app;
--only both
