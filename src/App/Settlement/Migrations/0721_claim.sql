-- What somebody who took points is to be paid for a month by a municipality (S2-P8b). The figures never change; only what becomes of them does.
create table stl_claim(
  id {id} not null primary key,
  month int not null,
  issuer text not null,
  creditor_kind int not null,
  creditor {id} not null,
  used {long} not null,
  undone {long} not null,
  carried {long} not null,
  fee_rate int not null,
  fee {long} not null,
  amount {long} not null,
  state text not null check(state in ('open', 'claimed', 'objected', 'proposed', 'approved', 'paid', 'carried', 'internal')),
  claimed_kind int,
  claimed_by {id},
  claimed_ms {long},
  objection text,
  answer text,
  approval {id},
  decided_ms {long},
  check(amount = used + undone + carried - fee),
  check((state = 'carried') = (amount <= 0 and state <> 'internal'))
) {strict};
create unique index stl_claim_creditor on stl_claim(creditor, month, issuer, creditor_kind);
create index stl_claim_issuer on stl_claim(issuer, month, state);

-- Claims that an officer found good at once; above a dated sum another one has to (four eyes).
create table stl_approval(
  id {id} not null primary key,
  issuer text not null,
  claims int not null,
  amount {long} not null,
  state text not null check(state in ('waiting', 'approved', 'withdrawn')),
  maker {id} not null,
  made_ms {long} not null,
  made_day int not null,
  decided_by {id},
  decided_ms {long}
) {strict};
create index stl_approval_maker on stl_approval(maker, made_day);
create index stl_approval_waiting on stl_approval(issuer) where state = 'waiting';
--only postgres
revoke update, delete on stl_claim, stl_approval from mykey_app;
grant update(state, claimed_kind, claimed_by, claimed_ms, objection, answer, approval, decided_ms) on stl_claim to mykey_app;
grant update(state, decided_by, decided_ms) on stl_approval to mykey_app;
--only both
