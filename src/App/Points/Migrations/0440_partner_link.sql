-- Where a partner's own login and interface are, from a day on (S2-P11a). Its secret is wrapped by the key-encryption key.
create table pts_partner_site(
  partner {id} not null,
  from_day int not null,
  authorize_url text not null,
  token_url text not null,
  api_url text not null,
  client_id text not null,
  secret {blob} not null,
  primary key(partner, from_day)
) {strict};

-- A citizen on the way to a partner's login: once, for some minutes, in one session. The verifier is wrapped.
create table pts_link_attempt(
  bucket int not null,
  citizen {id} not null,
  partner {id} not null,
  state_hash {blob} not null,
  session_hash {blob} not null,
  verifier {blob} not null,
  until_ms {long} not null,
  primary key(bucket, citizen, partner)
) {strict};
create index pts_link_attempt_until on pts_link_attempt(until_ms);

-- What a partner gave us to act for a citizen there, wrapped. version rises with every exchange of tokens; renewing_ms says since when one is under way.
create table pts_link(
  bucket int not null,
  citizen {id} not null,
  partner {id} not null,
  tokens {blob} not null,
  version int not null,
  renewing_ms {long} not null,
  made_ms {long} not null,
  primary key(bucket, citizen, partner)
) {strict};

-- An exchange over a partner's login. The row stands before the partner is asked; id is the order there and the transfer here, made of citizen and asked_id.
-- points and answered are the partner's: what was ordered, and what its answer said.
create table pts_link_order(
  bucket int not null,
  id {id} not null,
  asked_id {id} not null,
  citizen {id} not null,
  partner {id} not null,
  issuer text not null,
  points {long} not null check(points > 0),
  worth {long} not null check(worth > 0),
  rate_partner int not null,
  rate_municipal int not null,
  lot_expires_on int not null,
  state text not null check(state in ('ordered', 'asking', 'debited', 'posted', 'refused', 'stuck', 'ended')),
  reason text,
  answered {long},
  ordered_ms {long} not null,
  not_after_ms {long} not null,
  next_ms {long} not null,
  asks int not null,
  primary key(bucket, id),
  check(state not in ('debited', 'posted') or answered = points)
) {strict};
create index pts_link_order_of on pts_link_order(citizen, ordered_ms);
create index pts_link_order_open on pts_link_order(next_ms) where state in ('ordered', 'asking', 'debited');
create index pts_link_order_stuck on pts_link_order(ordered_ms) where state in ('ordered', 'asking', 'debited', 'stuck');
create index pts_link_order_id on pts_link_order(id);
