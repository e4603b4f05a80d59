-- What a case is about that is a question and belongs to no line of a history (S0-1022d). The case itself is a row of pts_case whose history is empty: then the
-- columns of the line say nothing.
create table pts_case_question(
  bucket int not null,
  id {id} not null,
  topic text not null check(topic in ('misuse', 'points', 'shops', 'login', 'id', 'site', 'other')),
  primary key(bucket, id)
) {strict};
