-- What a person has got out of a capped programme in a fiscal year (S4-03), counted by the person key as pts_grant_once is, and which grants make it up:
-- what is recalled of one leaves both.
create table pts_grant_year(
  bucket int not null,
  programme {id} not null,
  fiscal_year int not null,
  person {id} not null,
  granted {long} not null check(granted >= 0),
  primary key(bucket, programme, fiscal_year, person)
) {strict};

create table pts_grant_counted(
  bucket int not null,
  transfer {id} not null,
  programme {id} not null,
  fiscal_year int not null,
  person {id} not null,
  granted {long} not null check(granted >= 0),
  primary key(bucket, transfer)
) {strict};
create index pts_grant_counted_year on pts_grant_counted(bucket, programme, fiscal_year, person);

-- What was posted of it: less than asked for where a cap left no more. Whether the officer has confirmed the proof (S4-04).
alter table pts_grant add column credited {long} check(credited between 1 and amount);
alter table pts_grant add column proven int not null default 0;
alter table pts_grant_batch add column proven int not null default 0;
