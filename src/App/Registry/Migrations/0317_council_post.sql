-- Who runs the council (S2-P13): the head of a member municipality by its office, for a term. There is no room for a person.
create table reg_council_post(
  id {id} not null primary key,
  municipality text not null references reg_municipality(code),
  post text not null check(post in ('chair', 'vice_chair', 'auditor')),
  from_day int not null,
  until_day int,
  check(until_day is null or until_day >= from_day)
) {strict};
