-- What a citizen does not recognise in a history (S0-5011, S0-5013), as the row of the history said it, and what became of it. No points move by it.
create table pts_case(
  bucket int not null,
  id {id} not null,
  case_no text not null,
  citizen {id} not null,
  history text not null,
  transfer {id} not null,
  kind text not null,
  receipt text not null,
  time_ms {long} not null,
  points_name text not null,
  what text not null,
  more text,
  way text not null check(way in ('in', 'out', 'inside')),
  amount {long} not null check(amount >= 0),
  acceptor {id},
  said text,
  opened_by text not null check(opened_by in ('citizen', 'desk')),
  desk text not null,
  passed_by text,
  state text not null check(state in ('open', 'answered', 'closed')),
  opened_ms {long} not null,
  answered_ms {long},
  closed_ms {long},
  closed_by text check(closed_by in ('citizen', 'desk')),
  primary key(bucket, id),
  check((state = 'closed') = (closed_ms is not null))
) {strict};
create unique index pts_case_no on pts_case(case_no);
create unique index pts_case_line on pts_case(bucket, citizen, history, transfer) where state <> 'closed';
create index pts_case_of on pts_case(bucket, citizen, opened_ms);
create index pts_case_desk on pts_case(desk, opened_ms) where state <> 'closed';
create index pts_case_passed on pts_case(passed_by, opened_ms) where state <> 'closed' and passed_by is not null;

-- What an office (its code) or the operators (empty) said to it, in the order in which it was said.
create table pts_case_answer(
  bucket int not null,
  case_id {id} not null,
  id {id} not null,
  desk text not null,
  said text not null,
  said_ms {long} not null,
  primary key(bucket, case_id, id)
) {strict};

-- How many of a citizen's cases are not closed: bounded by a setting, however many presses come at once.
create table pts_case_count(
  bucket int not null,
  citizen {id} not null,
  unclosed int not null check(unclosed >= 0),
  primary key(bucket, citizen)
) {strict};
