-- Companies whose points are exchanged (S0-4007, S4-05). Everything about them is data, so one is added without a release (S0-5006).
create table pts_partner(
  id {id} not null primary key,
  stable_key text not null unique,
  name text not null,
  kana text not null,
  category text not null,
  contact text not null,
  landing text not null,
  from_day int not null,
  until_day int,
  check(until_day is null or from_day <= until_day)
) {strict};

-- How its points come here, by days (K-21): one way may follow another, and both may hold for a while (S2-P11e).
create table pts_partner_mode(
  partner {id} not null,
  mode text not null,
  from_day int not null,
  until_day int,
  primary key(partner, mode, from_day),
  check(until_day is null or from_day <= until_day)
) {strict};

-- What was agreed (S2-P12b): from a day on, until the next row's. Points and limits are the partner's own.
create table pts_partner_terms(
  partner {id} not null,
  from_day int not null,
  partner_points int not null check(partner_points > 0),
  municipal_points int not null check(municipal_points > 0),
  unit {long} not null check(unit > 0),
  minimum {long} not null check(minimum > 0),
  most {long},
  opens_minute int not null,
  closes_minute int not null,
  primary key(partner, from_day),
  check(most is null or most >= minimum),
  check(opens_minute >= 0 and opens_minute < closes_minute and closes_minute <= 1440)
) {strict};

-- A better rate for some days (S0-4006a).
create table pts_partner_campaign(
  partner {id} not null,
  from_day int not null,
  until_day int not null,
  partner_points int not null check(partner_points > 0),
  municipal_points int not null check(municipal_points > 0),
  primary key(partner, from_day),
  check(from_day <= until_day)
) {strict};
