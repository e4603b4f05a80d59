-- A claim (S1-42a). The row is written in the transaction that takes the entitlement, before the service is asked; id is the order there and the transfer here. entitlement is the grant that is received;
-- service and account are null where it became points of the municipality. fallback is what the citizen signed for if it comes back; due_next: it is still to be tried; follows is the claim before it.
create table inc_claim(
  bucket int not null,
  id {id} not null,
  citizen {id} not null,
  entitlement {id} not null,
  programme {id} not null,
  municipality text not null,
  service {id},
  account {id},
  points {long} not null check(points > 0),
  fallback text not null check(fallback in ('none', 'accounts', 'municipal', 'accounts_municipal')),
  follows {id},
  state text not null check(state in ('ordered', 'asking', 'accepted', 'granted', 'refused', 'stuck', 'ended')),
  reason text,
  answered {long},
  ordered_ms {long} not null,
  accepted_ms {long},
  granted_ms {long},
  not_after_ms {long} not null,
  next_ms {long} not null,
  asks int not null,
  due_next int not null check(due_next in (0, 1)),
  primary key(bucket, id),
  check((service is null) = (account is null)),
  check(state <> 'granted' or service is null or answered = points)
) {strict};
create index inc_claim_of on inc_claim(citizen, ordered_ms);
create index inc_claim_id on inc_claim(id);
create index inc_claim_open on inc_claim(next_ms) where state in ('ordered', 'asking', 'accepted') or due_next = 1;
create index inc_claim_stuck on inc_claim(ordered_ms) where state in ('ordered', 'asking', 'accepted', 'stuck');
create index inc_claim_service on inc_claim(service, ordered_ms, id);
