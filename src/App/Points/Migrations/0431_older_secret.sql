-- The secret of a partner's login, an online site's login or a card centre that was in force before the last change: it counts for some hours more. Wrapped, for the owner
-- that is named beside it.
create table pts_older_secret(
  kind text not null check(kind in ('partner_site', 'online_login', 'street_operator')),
  subject {id} not null,
  client_id text not null,
  owner text not null,
  secret {blob} not null,
  until_ms {long} not null,
  primary key(kind, subject)
) {strict};
