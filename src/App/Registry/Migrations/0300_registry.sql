-- Whoever changes the registry takes the next number; caches read only the rows with a higher one than they know.
create table reg_version(id int not null primary key check(id = 1), no {long} not null) {strict};
insert into reg_version(id, no) values (1, 0);

-- Prefectures, municipalities and wards of the whole country (S2-P14b); never keyed by name (Y-D1).
create table reg_municipality(
  code text not null primary key,
  prefecture text not null,
  name text not null,
  kana text not null,
  kind text not null,
  brand text,
  issuer_kind text not null,
  expiry_days int,
  expiry_months int,
  member_from int,
  member_until int,
  state text not null,
  changed_no {long} not null,
  check(expiry_days is null or expiry_months is null)
) {strict};
create index reg_municipality_changed on reg_municipality(changed_no);

create table reg_acceptor(
  id {id} not null primary key,
  municipality text not null references reg_municipality(code),
  kind text not null,
  name text not null,
  state text not null,
  changed_no {long} not null
) {strict};
create index reg_acceptor_municipality on reg_acceptor(municipality);
create index reg_acceptor_changed on reg_acceptor(changed_no);

-- Where the points of a municipality may be used (S2-P6c): kinds of acceptor with an area, and single acceptors.
create table reg_usage_kind(
  issuer text not null references reg_municipality(code),
  kind text not null,
  area text not null,
  changed_no {long} not null,
  primary key(issuer, kind)
) {strict};
create index reg_usage_kind_changed on reg_usage_kind(changed_no);

create table reg_usage_acceptor(
  issuer text not null references reg_municipality(code),
  acceptor {id} not null references reg_acceptor(id),
  allowed int,
  changed_no {long} not null,
  primary key(issuer, acceptor)
) {strict};
create index reg_usage_acceptor_changed on reg_usage_acceptor(changed_no);
