-- PBKDF2-HMAC-SHA512 with its own rounds. valid = 0: has to be set anew before it opens anything again (S0-1022b).
create table idn_password(
  citizen {id} not null primary key,
  salt {blob} not null,
  hash {blob} not null,
  iterations int not null,
  valid int not null check(valid in (0, 1)),
  set_ms {long} not null
) {strict};

-- A browser in which this citizen has logged in before: its tries are counted apart, so strangers can't slow down the owner (V-D2).
create table idn_known_browser(
  token_hash {blob} not null,
  citizen {id} not null,
  used_ms {long} not null,
  primary key(token_hash, citizen)
) {strict};
create index idn_known_browser_citizen on idn_known_browser(citizen);
