-- Where people are helped in person (支援コーナー, S2-P4d): a place with its hours, and what is done there.
create table reg_support_place(
  id {id} not null primary key,
  municipality text not null references reg_municipality(code),
  kind text not null,
  name text not null,
  place text not null,
  hours text not null,
  services text not null,
  telephone text not null,
  from_on int not null,
  until_on int,
  state text not null check(state in ('open', 'closed')),
  check(until_on is null or until_on >= from_on)
) {strict};
create index reg_support_place_municipality on reg_support_place(municipality);
