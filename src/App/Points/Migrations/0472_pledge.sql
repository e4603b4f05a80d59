-- Points that an online site has set aside, and what became of them (S0-4010b, S4-12a, S4-13a). How much they are stands in the ledger, in the
-- account that bears the same id; id is made of site and asked_id.
create table pts_pledge(
  bucket int not null,
  id {id} not null,
  site {id} not null,
  asked_id {id} not null,
  citizen {id} not null,
  municipality text not null,
  issuer text not null,
  acceptor {id} not null,
  category text not null,
  order_no text not null,
  amount {long} not null check(amount > 0),
  state text not null check(state in ('held', 'captured', 'released')),
  held_ms {long} not null,
  expires_ms {long} not null,
  ended_ms {long},
  reason text,
  capture {id},
  captured {long} not null check(captured >= 0),
  released {long} not null check(released >= 0),
  refunded {long} not null check(refunded >= 0 and refunded <= captured),
  primary key(bucket, id),
  check(captured + released <= amount)
) {strict};
create index pts_pledge_id on pts_pledge(id);
create index pts_pledge_of on pts_pledge(citizen, held_ms);
create index pts_pledge_site on pts_pledge(site, held_ms);
create index pts_pledge_due on pts_pledge(expires_ms) where state = 'held';
create index pts_pledge_rest on pts_pledge(ended_ms) where state = 'captured' and captured + released < amount;

-- What a citizen has pledged on a day of an issuer's points, over all sites.
create table pts_pledge_day(
  bucket int not null,
  citizen {id} not null,
  issuer text not null,
  civil_day int not null,
  pledged {long} not null,
  primary key(bucket, citizen, issuer, civil_day)
) {strict};
