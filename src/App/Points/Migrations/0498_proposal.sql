-- A change on which points depend, made by one operator and approved by another (V-D3). content is what was asked for, without secrets; secret is wrapped as it will
-- be kept. hash is over all that was proposed: exactly that is applied. overtaken: somebody changed the same thing at once meanwhile.
create table pts_proposal(
  id {id} primary key,
  kind text not null,
  subject text not null,
  part text not null,
  content text not null,
  secret {blob},
  hash {blob} not null,
  maker {id} not null,
  made_ms {long} not null,
  state text not null check(state in ('waiting', 'approved', 'declined', 'overtaken')),
  decided_by {id},
  decided_ms {long},
  check((decided_by is null) = (state = 'waiting')),
  check((decided_ms is null) = (state = 'waiting')),
  check(state <> 'approved' or decided_by <> maker)
) {strict};
create unique index pts_proposal_waiting on pts_proposal(kind, subject, part) where state = 'waiting';
