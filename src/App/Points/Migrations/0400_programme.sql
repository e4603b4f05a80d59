-- A measure of a municipality that gives points out of its own budget (S0-1006b, S4-01b).
create table pts_programme(
  id {id} not null primary key,
  municipality text not null,
  name text not null,
  grant_kind text not null,
  from_day int not null,
  until_day int not null,
  expiry_days int,
  expiry_months int,
  budget {id},
  state text not null,
  check(expiry_days is null or expiry_months is null),
  check(from_day <= until_day)
) {strict};
create index pts_programme_municipality on pts_programme(municipality);
