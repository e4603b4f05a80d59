-- The acceptor that a shop system speaks for.
alter table idn_machine_key add column holder {id};
create index idn_machine_key_municipality on idn_machine_key(municipality, created_ms);

-- A key that somebody asks for; a second person approves it (identity.md: keys are four-eyes themselves). state: 1 open, 2 approved, 3 refused.
create table idn_machine_key_change(
  id {id} not null primary key,
  maker {id} not null,
  machine {id} not null,
  municipality text not null,
  holder {id},
  label text not null,
  scopes text not null,
  networks text not null,
  valid_days int not null,
  state int not null check(state in (1, 2, 3)),
  decided_by {id},
  made_ms {long} not null
) {strict};
create index idn_machine_key_change_open on idn_machine_key_change(state, made_ms);
