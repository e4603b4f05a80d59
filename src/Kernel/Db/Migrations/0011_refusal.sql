-- Every expected "no" (requirements Z5). Month first: a month is read, kept and dropped as one piece.
-- Beyond a rate one row per actor and minute counts them; its code is '*' when they differ.
create table log_refusal(
  month int not null,
  id {id} not null,
  time_ms {long} not null,
  civil_day int not null,
  code text not null,
  actor_kind int,
  actor {id},
  terminal {id},
  client {blob},
  method text not null,
  route text not null,
  inquiry text,
  count int not null,
  primary key(month, id)
) {strict};
create index log_refusal_day on log_refusal(civil_day, code);
