-- How a certificate came to its citizen: 0 the first or not known, 1 renewed, 2 reissued, 3 confirmed at a counter (S0-4029). Waits of schemes count from not_before_ms.
alter table idn_certificate add column cause int not null default 0 check(cause in (0, 1, 2, 3));
alter table idn_certificate add column joined_ms {long};
-- 0: the citizen has still to be told that another card is joined.
alter table idn_certificate add column told int not null default 1 check(told in (0, 1));

-- A new card whose predecessor nobody tells: its holder knows ID and password of the old account, a counter sees the person and confirms. state: 1 open, 2 confirmed, 3 replaced.
create table idn_join_request(
  id {id} not null primary key,
  number text not null,
  citizen {id} not null,
  authority text not null,
  serial text not null,
  not_before_ms {long} not null,
  not_after_ms {long} not null,
  state int not null check(state in (1, 2, 3)),
  made_ms {long} not null,
  until_ms {long} not null,
  staff {id}
) {strict};
create unique index idn_join_request_number on idn_join_request(number) where state = 1;
create unique index idn_join_request_certificate on idn_join_request(authority, serial) where state = 1;
create index idn_join_request_citizen on idn_join_request(citizen);
