-- Online shops and crowdfunding sites where points pay (group M). Everything about them is data.
create table pts_online_site(
  id {id} not null primary key,
  stable_key text not null unique,
  name text not null,
  kind text not null check(kind in ('shop', 'crowdfunding')),
  home text not null,
  about text not null,
  from_day int not null,
  until_day int,
  check(until_day is null or from_day <= until_day)
) {strict};

-- Where a site's own login and interface are, from a day on (S0-4015). Its secret is wrapped by the key-encryption key.
create table pts_online_login(
  site {id} not null,
  from_day int not null,
  authorize_url text not null,
  token_url text not null,
  api_url text not null,
  client_id text not null,
  secret {blob} not null,
  primary key(site, from_day)
) {strict};

-- For which municipalities it sells, by days: an acceptor of each, so that the usage rules of every issuer hold (S0-4014).
create table pts_online_seller(
  site {id} not null,
  municipality text not null,
  from_day int not null,
  until_day int,
  acceptor {id} not null,
  primary key(site, municipality, from_day),
  check(until_day is null or from_day <= until_day)
) {strict};

-- Where a site hears of what it did not do itself. The secrets are wrapped; the older one signs, too, until older_until_ms.
create table pts_online_hook(
  site {id} not null primary key,
  url text not null,
  key_no int not null,
  secret {blob} not null,
  older {blob},
  older_until_ms {long} not null
) {strict};
