-- Whoever pays points out as its own (S1-02). Its secret is wrapped by the key-encryption key; it opens our calls there and signs what it tells us.
create table inc_payment_service(
  id {id} not null primary key,
  name text not null,
  points_use text not null check(points_use in ('direct', 'exchange')),
  contact text not null,
  page_url text not null,
  counter int not null check(counter in (0, 1)),
  api_url text not null,
  client_id text not null,
  secret {blob} not null,
  state text not null
) {strict};

-- From when until when a service can be chosen for what a municipality grants (S1-36, S1-41); until_day null: no end is set.
create table inc_payment_service_start(
  service {id} not null,
  municipality text not null,
  from_day int not null,
  until_day int,
  primary key(service, municipality),
  check(until_day is null or until_day >= from_day)
) {strict};
create index inc_payment_service_start_of on inc_payment_service_start(municipality);
