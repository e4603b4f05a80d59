-- A municipality asks to become a member (S2-P15b). Telephone and mailbox are the office's, nobody's own.
create table reg_join_application(
  id {id} not null primary key,
  municipality text not null references reg_municipality(code),
  telephone text not null,
  mailbox text not null,
  wished_day int not null,
  wanted text not null,
  state text not null check(state in ('applied', 'checked', 'member', 'rejected')),
  made_ms {long} not null,
  staff_number text,
  member_day int,
  checked_by {id},
  checked_ms {long},
  decided_by {id},
  decided_ms {long},
  reason text,
  check(state = 'applied' or decided_by is not null or checked_by is not null),
  check(state <> 'member' or member_day is not null),
  check(state <> 'rejected' or reason is not null)
) {strict};
create unique index reg_join_application_open on reg_join_application(municipality) where state in ('applied', 'checked');
create index reg_join_application_made on reg_join_application(made_ms);
