-- A support event (特定支援イベント): its points pay at its own acceptors, from some days before it until some days after it (S0-5010a, S0-5010b).
-- The municipality is paid for them; who organises it and what becomes of left-overs must stand there before anybody sees it (H-D1, H-D2).
create table reg_event(
  id {id} not null primary key,
  municipality text not null references reg_municipality(code),
  name text not null,
  organiser text,
  first_day int not null,
  last_day int not null check(last_day >= first_day),
  lead_days int not null check(lead_days between 0 and 60),
  tail_days int not null check(tail_days between 0 and 60),
  left_over text check(left_over in ('lapse', 'keep')),
  state text not null check(state in ('draft', 'published')),
  changed_no {long} not null,
  check(state = 'draft' or (organiser is not null and left_over is not null))
) {strict};
create index reg_event_changed on reg_event(changed_no);

create table reg_event_acceptor(
  event {id} not null references reg_event(id),
  acceptor {id} not null references reg_acceptor(id),
  takes int not null check(takes in (0, 1)),
  changed_no {long} not null,
  primary key(event, acceptor)
) {strict};
create index reg_event_acceptor_changed on reg_event_acceptor(changed_no);
