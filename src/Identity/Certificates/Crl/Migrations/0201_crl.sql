-- Revocation lists of the authorities. A list is loaded in short transactions while the one before stays in force, then they change
-- places at once (state 0 loading, 1 in force, 2 replaced, 3 abandoned). The rows here stay: they show that numbers never went back.
create table idn_crl(
  id {id} not null primary key,
  authority text not null,
  point text not null,
  number text not null,
  sha256 text not null,
  this_update_ms {long} not null,
  next_update_ms {long} not null,
  loaded_ms {long} not null,
  entries int not null,
  state int not null
) {strict};
create unique index idn_crl_in_force on idn_crl(authority, point) where state = 1;

create table idn_revoked(
  crl {id} not null,
  serial text not null,
  reason int not null,
  revoked_ms {long} not null,
  primary key(crl, serial)
) {clustered};
