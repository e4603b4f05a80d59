-- What a citizen confirms in MyKey because it is above the limits of a use or a day (S0-4010b): this very pledge of this very amount, once, for a short time.
create table pts_online_confirmation(
  bucket int not null,
  id {id} not null,
  pledge {id} not null,
  site {id} not null,
  citizen {id} not null,
  municipality text not null,
  issuer text not null,
  order_no text not null,
  amount {long} not null check(amount > 0),
  until_ms {long} not null,
  confirmed_ms {long},
  used_ms {long},
  primary key(bucket, id),
  check(used_ms is null or confirmed_ms is not null)
) {strict};
create index pts_online_confirmation_until on pts_online_confirmation(until_ms);
