-- The audits that ran by themselves: one a day. whole: every block from the first on; else those since the marks, and what is bounded by itself.
create table krn_audit(
  id {id} not null primary key,
  civil_day int not null unique,
  whole int not null check(whole in (0, 1)),
  started_ms {long} not null,
  ended_ms {long}
) {strict};

-- What a part of an audit has looked at, and the rows that were wrong, a line each; null: everything holds.
create table krn_audit_part(
  audit {id} not null,
  part text not null,
  span text not null,
  row_count {long} not null,
  broken text,
  ended_ms {long} not null,
  primary key(audit, part)
) {strict};

-- Where a chain ended when it was last found whole: the next audit begins there, and notices when it is not there any more.
create table krn_audit_mark(
  part text not null primary key,
  height {long} not null,
  hash {blob} not null
) {strict};
