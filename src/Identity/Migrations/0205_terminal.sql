-- Devices of shops, libraries, offices. state: 1 registered (waits for its code), 2 enrolled, 3 revoked. Tokens and codes as SHA-256 only.
create table idn_terminal(
  id {id} not null primary key,
  municipality text not null,
  holder {id},
  label text not null,
  profiles text not null,
  state int not null check(state in (1, 2, 3)),
  locator text unique,
  enrol_hash {blob},
  enrol_until_ms {long},
  enrol_tries int not null default 0,
  token_hash {blob} unique,
  next_hash {blob} unique,
  token_ms {long},
  shop_salt {blob},
  shop_hash {blob},
  shop_iterations int,
  created_ms {long} not null,
  check(state <> 2 or (token_hash is not null and shop_hash is not null))
) {strict};
create index idn_terminal_municipality on idn_terminal(municipality, created_ms);

-- お店で使う番号: one live code per citizen; a new one replaces the old, the use deletes it.
create table idn_one_time_code(
  citizen {id} not null primary key,
  municipality text not null,
  salt {blob} not null,
  code_hash {blob} not null,
  wrong int not null default 0,
  expires_ms {long} not null
) {strict};

-- What a citizen showed at a terminal: one use, 5 minutes, this terminal (decision 7).
create table idn_citizen_token(
  token_hash {blob} not null primary key,
  citizen {id} not null,
  terminal {id} not null,
  way int not null check(way in (1, 2, 3, 4)),
  municipality text not null,
  binding text,
  transfer {id},
  expires_ms {long} not null
) {strict};
create index idn_citizen_token_expires on idn_citizen_token(expires_ms);

-- Keys of machine clients, scoped, for a year at most.
create table idn_machine_key(
  id {id} not null primary key,
  machine {id} not null,
  municipality text not null,
  label text not null,
  scopes text not null,
  networks text not null,
  key_hash {blob} not null unique,
  created_ms {long} not null,
  expires_ms {long} not null,
  used_ms {long},
  revoked_ms {long}
) {strict};
create index idn_machine_key_machine on idn_machine_key(machine);
