-- Whose MyKeyIds an office has sent as those who may get something out of a programme (S4-04): the person key and nothing else. A list counts once it is active.
create table pts_eligible_list(
  id {id} not null primary key,
  programme {id} not null,
  sha256 text not null,
  state text not null,
  maker {id} not null,
  line_count int not null,
  good_count int not null,
  made_ms {long} not null
) {strict};
create index pts_eligible_list_programme on pts_eligible_list(programme);

create table pts_eligible_row(
  list {id} not null,
  line int not null,
  person {id},
  shown_id text not null,
  code text not null,
  primary key(list, line),
  check(code <> '' or person is not null)
) {strict};
create index pts_eligible_row_person on pts_eligible_row(person);
