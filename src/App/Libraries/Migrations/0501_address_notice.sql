-- A citizen with a flagged link came with his card: the authority is to be asked whether the address has changed, until it answers (S0-5014c).
create table lib_address_ask(
  bucket int not null,
  citizen {id} not null,
  authority text not null,
  serial text not null,
  made_ms {long} not null,
  next_ms {long} not null,
  primary key(bucket, citizen)
) {strict};
create index lib_address_ask_next on lib_address_ask(next_ms);

-- What a provider is told: its own number and the day. No address is anywhere. One for each change.
create table lib_address_notice(
  bucket int not null,
  citizen {id} not null,
  provider {id} not null,
  changed_on int not null,
  id {id} not null,
  number text not null,
  raised_ms {long} not null,
  seen_ms {long},
  primary key(bucket, citizen, provider, changed_on)
) {strict};
create unique index lib_address_notice_id on lib_address_notice(id);
create index lib_address_notice_open on lib_address_notice(provider, raised_ms) where seen_ms is null;
