-- A question put to a card. state: 1 open, 2 taken up or dead, 3 answered, 4 used. Nothing ever leads back.
create table idn_challenge(
  id {id} not null primary key,
  kind int not null check(kind in (1, 2)),
  cookie_hash {blob} not null,
  origin text not null,
  purpose text not null,
  random {blob} not null,
  details text not null,
  binding text,
  terminal {id},
  expires_ms {long} not null,
  state int not null check(state in (1, 2, 3, 4)),
  code_hash {blob},
  code_expires_ms {long},
  authority text,
  serial text,
  not_before_ms {long},
  not_after_ms {long}
) {strict};
create unique index idn_challenge_code on idn_challenge(code_hash) where code_hash is not null;
create index idn_challenge_expires on idn_challenge(expires_ms);
