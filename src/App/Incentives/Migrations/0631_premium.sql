-- What a payment service has reported (S3-02): how much, on which day, and nothing about what was bought (S3-20). Amounts are in yen. earned is the premium by the rate, given what the ledger gave of it up to the
-- cap; of a return below 0. open: the ledger has not answered; back: a return has taken it back. alone: it came outside a file and is still open.
create table inc_premium_event(
  service {id} not null,
  event text not null,
  transfer {id} not null,
  round {id},
  choice {id},
  kind text not null check(kind in ('charge', 'purchase', 'return')),
  amount {long} not null check(amount >= 0),
  day int not null,
  earned {long} not null,
  given {long} not null,
  state text not null check(state in ('open', 'done', 'back')),
  code text,
  reverses text,
  file {id},
  line int,
  alone int not null check(alone in (0, 1)),
  taken_ms {long} not null,
  posted_day int,
  primary key(service, event),
  check((kind = 'return') = (reverses is not null))
)
--only postgres
with (fillfactor = 80);
--only sqlite
strict;
--only both
create index inc_premium_event_choice on inc_premium_event(choice, day);
create index inc_premium_event_line on inc_premium_event(file, line) where file is not null;
create index inc_premium_event_alone on inc_premium_event(taken_ms) where alone = 1;

-- A file of events: looked at while it comes, posted when the service says so, line by line, and on from where a process died.
create table inc_premium_file(
  id {id} not null primary key,
  service {id} not null,
  sha256 text not null,
  state text not null check(state in ('receiving', 'looked', 'posting', 'done', 'refused')),
  line_count int not null,
  good_count int not null,
  posted_line int not null,
  digest {blob} not null,
  machine {id} not null,
  made_ms {long} not null,
  unique(service, sha256)
) {strict};
create index inc_premium_file_posting on inc_premium_file(made_ms) where state = 'posting';

create table inc_premium_refused(
  file {id} not null,
  line int not null,
  event text not null,
  code text not null,
  primary key(file, line)
) {strict};
