-- A setting that waits for a second person, and those that were decided (identity.md, four eyes). state: 1 open, 2 approved, 3 refused.
create table krn_setting_change(
  id {id} not null primary key,
  key text not null,
  scope_kind int not null,
  scope text not null,
  value text,
  valid_from_ms {long},
  reason text not null,
  maker_kind int not null,
  maker {id} not null,
  state int not null check(state in (1, 2, 3)),
  decided_by {id},
  made_ms {long} not null
) {strict};
create index krn_setting_change_open on krn_setting_change(state, made_ms);
