-- Dated, scoped settings (Z1). Insert only: the row with the latest valid_from_ms up to an instant is in force, of equal ones the one with the highest no.
create table krn_setting(
  key text not null,
  scope_kind int not null,
  scope text not null,
  no int not null,
  valid_from_ms {long} not null,
  value text,
  set_ms {long} not null,
  set_by_kind int not null,
  set_by {id} not null,
  approved_by {id},
  primary key(key, scope_kind, scope, no)
) {strict};
