-- A file of people whom staff enter for a programme (S1-33): stored with what is wrong in each line, then entered line by line. Each application takes its id from file and line, so a second try enters nobody twice.
create table inc_applicant_file(
  id {id} not null primary key,
  programme {id} not null,
  municipality text not null,
  sha256 text not null,
  reason text not null,
  proven int not null check(proven in (0, 1)),
  state text not null check(state in ('stored', 'entered')),
  maker {id} not null,
  made_ms {long} not null
) {strict};
create index inc_applicant_file_programme on inc_applicant_file(programme, made_ms);

create table inc_applicant_row(
  file {id} not null,
  line int not null,
  citizen {id},
  shown_id text not null,
  state text not null check(state in ('open', 'entered', 'refused')),
  code text not null,
  same_line int not null,
  primary key(file, line)
) {strict};
