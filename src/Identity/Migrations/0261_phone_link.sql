-- A login question that a telephone answers. state: 1 shown on the computer, 2 opened by a telephone, 3 the number was right, 4 it was wrong. Nothing ever leads back.
create table idn_phone_link(
  challenge {id} not null primary key,
  link_hash {blob} not null unique,
  number text not null,
  phone_hash {blob},
  state int not null check(state in (1, 2, 3, 4)),
  expires_ms {long} not null
) {strict};
create index idn_phone_link_expires on idn_phone_link(expires_ms);
