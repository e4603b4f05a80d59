-- What a programme says to those who may apply (S1-03): its text, days, amount, ways to receive. Days are civil days; a draft may lack much.
create table inc_offer(
  programme {id} not null primary key,
  municipality text not null,
  state text not null check(state in ('draft', 'published', 'closed')),
  title text not null,
  category text not null,
  summary text not null,
  conditions text not null,
  points {long} check(points > 0),
  apply_from int not null,
  apply_until int not null,
  late_until int,
  claim_until int,
  screening text not null check(screening in ('none', 'by_hand')),
  delivery text not null check(delivery in ('municipal_points', 'payment_service', 'citizen_chooses')),
  contact text not null,
  contact_number text not null,
  contact_mailbox text not null,
  search_text text not null,
  changed_ms {long} not null
) {strict};
create index inc_offer_municipality on inc_offer(municipality);
create index inc_offer_until on inc_offer(apply_until, programme) where state <> 'draft';

-- Which payment services a programme may be received by, and when (S1-36, S1-38, S1-41).
create table inc_offer_service(
  programme {id} not null,
  service {id} not null,
  from_day int not null,
  until_day int,
  primary key(programme, service)
) {strict};
