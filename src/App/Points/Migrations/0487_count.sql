-- What a person has gathered of a yearly programme, stamps or hours (S2-P19e): by attendance that was approved, by file, by a correction. The counter is the sum.
create table pts_count(
  bucket int not null,
  source {id} not null,
  line int not null,
  programme {id} not null,
  fiscal_year int not null,
  person {id} not null,
  citizen {id} not null,
  amount {long} not null check(amount <> 0),
  kind text not null,
  made_ms {long} not null,
  primary key(bucket, source, line)
) {strict};
create index pts_count_person on pts_count(bucket, person);
create index pts_count_programme on pts_count(programme, fiscal_year);
create index pts_count_source on pts_count(source);

-- Files of counts that came in, known again by their SHA-256: each counts once.
create table pts_count_file(
  programme {id} not null,
  fiscal_year int not null,
  sha256 text not null,
  line_count int not null,
  maker {id} not null,
  made_ms {long} not null,
  primary key(programme, fiscal_year, sha256)
) {strict};
