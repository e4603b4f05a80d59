-- People as this system knows them: a random id and what hangs on it. No name, address, birth date or sex anywhere (S0-1018b).
create table idn_citizen(
  id {id} not null primary key,
  state int not null check(state in (1, 2, 3)),
  base_municipality text,
  tap_off int not null default 0 check(tap_off in (0, 1)),
  created_ms {long} not null
) {strict};

-- 発行番号 → citizen (S0-1002a). The person key stays on the lineage whatever becomes of the MyKeyId.
create table idn_certificate(
  authority text not null,
  serial text not null,
  citizen {id} not null,
  person_key {id} not null,
  not_before_ms {long} not null,
  not_after_ms {long} not null,
  state int not null check(state in (1, 2)),
  seen_ms {long} not null,
  primary key(authority, serial)
) {strict};
create unique index idn_certificate_active on idn_certificate(citizen) where state = 1;

-- Every MyKeyId there ever was: 1 current, 2 retired. A row is never deleted, so no ID is given twice; erasure empties citizen.
create table idn_mykey_id(
  my_key_id text not null primary key check(length(my_key_id) = 8),
  citizen {id},
  state int not null check(state in (1, 2)),
  since_ms {long} not null,
  check(state = 2 or citizen is not null)
) {strict};
create unique index idn_mykey_id_current on idn_mykey_id(citizen) where state = 1;

-- Wrong tries, counted per what is tried and by whom (V-D2).
create table idn_try(
  scope text not null,
  key {blob} not null,
  failures int not null,
  last_ms {long} not null,
  until_ms {long} not null,
  primary key(scope, key)
) {strict};
create index idn_try_last on idn_try(last_ms);

-- Only SHA-256 of the token is kept. ended_ms stays for investigations until the row is forgotten.
create table idn_session(
  token_hash {blob} not null primary key,
  kind int not null check(kind in (1, 2, 3, 4)),
  assurance int not null check(assurance in (1, 2, 3)),
  citizen {id},
  staff {id},
  terminal {id},
  authority text,
  serial text,
  not_before_ms {long},
  not_after_ms {long},
  created_ms {long} not null,
  used_ms {long} not null,
  confirmed_ms {long} not null default 0,
  idle_ms {long} not null,
  ends_ms {long} not null,
  ended_ms {long},
  check(citizen is not null or staff is not null or terminal is not null or serial is not null)
) {strict};
create index idn_session_citizen on idn_session(citizen, created_ms) where citizen is not null;
create index idn_session_staff on idn_session(staff) where staff is not null;
create index idn_session_certificate on idn_session(authority, serial) where serial is not null;
create index idn_session_ends on idn_session(ends_ms);
