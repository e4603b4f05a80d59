-- The key ring of antiforgery tokens and cookies, so that they hold on every process and after a restart.
create table krn_data_protection_key(
  name text not null primary key,
  xml text not null,
  created_ms {long} not null
) {strict};
