-- What has to leave the house, written in the transaction of what it tells. A row goes as soon as it was taken; one that nobody takes is kept for an operator.
create table krn_outbox(
  id {id} not null primary key,
  kind text not null,
  body text not null,
  state text not null check(state in ('waiting', 'stuck')),
  made_ms {long} not null,
  next_ms {long} not null,
  tries int not null,
  answer text not null
) {strict};
create index krn_outbox_due on krn_outbox(next_ms) where state = 'waiting';
create index krn_outbox_stuck on krn_outbox(made_ms) where state = 'stuck';
