-- Whoever runs a card of its own, of a shopping street, a bus company or a bicycle park (S0-4046, S2-P17o). Its secret is wrapped by the key-encryption key.
create table pts_street_operator(
  id {id} not null primary key,
  municipality text not null,
  name text not null,
  kind text not null,
  charges int not null check(charges in (0, 1)),
  api_url text not null,
  client_id text not null,
  secret {blob} not null,
  state text not null
) {strict};

-- A charge. The row is written in the transaction that takes the points, before the operator's centre is asked; id is the order there and the transfer
-- here, made of citizen and asked_id (S2-P7j). The card's number is wrapped; only its last characters can be read.
create table pts_charge_order(
  bucket int not null,
  id {id} not null,
  asked_id {id} not null,
  citizen {id} not null,
  operator {id} not null,
  issuer text not null,
  points {long} not null check(points > 0),
  card {blob} not null,
  tail text not null,
  state text not null check(state in ('ordered', 'asking', 'charged', 'refused', 'stuck', 'ended')),
  reason text,
  answered {long},
  ordered_ms {long} not null,
  not_after_ms {long} not null,
  next_ms {long} not null,
  asks int not null,
  primary key(bucket, id),
  check(state <> 'charged' or answered = points)
) {strict};
create index pts_charge_order_of on pts_charge_order(citizen, ordered_ms);
create index pts_charge_order_open on pts_charge_order(next_ms) where state in ('ordered', 'asking');
create index pts_charge_order_stuck on pts_charge_order(ordered_ms) where state in ('ordered', 'asking', 'stuck');
create index pts_charge_order_id on pts_charge_order(id);

-- A street card and a MyKey ID that belong together (S4-07e): one card of an operator to one citizen.
create table pts_street_link(
  bucket int not null,
  citizen {id} not null,
  operator {id} not null,
  card {blob} not null,
  card_hash {blob} not null,
  tail text not null,
  made_ms {long} not null,
  primary key(bucket, citizen, operator)
) {strict};
create unique index pts_street_link_card on pts_street_link(operator, card_hash);
