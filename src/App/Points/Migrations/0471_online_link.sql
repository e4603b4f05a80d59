-- A citizen's link with an online site (S0-4015). Of the token that the site has been given, only the hash is here.
create table pts_online_link(
  bucket int not null,
  citizen {id} not null,
  site {id} not null,
  id {id} not null,
  token_hash {blob} not null,
  made_ms {long} not null,
  used_ms {long} not null,
  primary key(bucket, citizen, site)
) {strict};
create unique index pts_online_link_token on pts_online_link(token_hash);
