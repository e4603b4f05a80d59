-- People who work for a municipality or for the platform: a number and an office, no name (S2-P13, V-D3). state: 1 invited, 2 active, 3 ended.
create table idn_staff(
  id {id} not null primary key,
  number text not null unique,
  state int not null check(state in (1, 2, 3)),
  salt {blob},
  hash {blob},
  iterations int,
  totp {blob},
  totp_step {long} not null default 0,
  enrol_hash {blob} unique,
  enrol_until_ms {long},
  created_ms {long} not null,
  check(state <> 2 or (hash is not null and totp is not null))
) {strict};

-- municipality is '' for the roles of the platform.
create table idn_staff_role(
  staff {id} not null,
  role text not null,
  municipality text not null,
  primary key(staff, role, municipality)
) {strict};

-- A change that waits for a second person. state: 1 open, 2 approved, 3 refused.
create table idn_staff_change(
  id {id} not null primary key,
  maker {id} not null,
  kind int not null,
  staff {id},
  number text,
  role text,
  municipality text not null,
  state int not null check(state in (1, 2, 3)),
  decided_by {id},
  made_ms {long} not null
) {strict};
create index idn_staff_change_open on idn_staff_change(state, made_ms);

-- Which key-encryption key wraps the secrets of this database: without that key the App does not start.
create table idn_kek(
  kek_id text not null primary key,
  made_ms {long} not null
) {strict};

-- The key of a citizen's records in the logs, wrapped (trustlog.md). Destroying it is the erasure.
create table idn_key(
  citizen {id} not null,
  key_no int not null,
  kek_id text not null,
  wrapped {blob} not null,
  primary key(citizen, key_no)
) {strict};
