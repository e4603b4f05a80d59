-- A citizen and the number by which a provider knows him (S0-1001, S2-P9a): one number for each provider. It hangs on the inner id, so a new MyKey ID keeps it (S0-5015).
create table lib_link(
  bucket int not null,
  citizen {id} not null,
  provider {id} not null,
  number text not null,
  notice int not null default 0 check(notice in (0, 1)),
  made_ms {long} not null,
  primary key(bucket, citizen, provider)
) {strict};
create unique index lib_link_number on lib_link(provider, number);

-- Providers that a citizen lets see no number of his.
create table lib_block(
  bucket int not null,
  citizen {id} not null,
  provider {id} not null,
  since_ms {long} not null,
  primary key(bucket, citizen, provider)
) {strict};

-- Who asked for a number, and with what end; never what for (S0-3005, K-33). After some days a job takes the provider out, and its kind stays.
create table lib_lookup(
  bucket int not null,
  citizen {id} not null,
  at_ms {long} not null,
  id {id} not null,
  provider {id},
  kind text not null,
  device text not null check(device in ('counter', 'machine', 'system')),
  answer text not null check(answer in ('told', 'not_linked', 'blocked')),
  primary key(bucket, citizen, at_ms, id)
) {strict};
create index lib_lookup_named on lib_lookup(at_ms) where provider is not null;
