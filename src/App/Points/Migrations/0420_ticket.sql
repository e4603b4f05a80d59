-- The first four digits of a ticket's number: one for each issuer, given when its first ticket is issued.
create table pts_ticket_issuer(
  issuer text not null primary key,
  no int not null unique check(no between 1 and 9999)
) {strict};

-- What a ticket is worth stands in the ledger, in the account that bears the same id (docs/adr/0004).
create table pts_ticket(
  bucket int not null,
  id {id} not null,
  citizen {id} not null,
  issuer text not null,
  amount {long} not null check(amount > 0),
  office {id} not null,
  number text not null,
  issued_on int not null,
  last_on int not null check(last_on >= issued_on),
  state text not null,
  ended_by {id},
  used_at {id},
  primary key(bucket, id)
) {strict};
create index pts_ticket_due on pts_ticket(bucket, last_on) where state = 'issued';

-- Every number that was printed; only the ticket's own is good, an earlier one is void (J-D2).
create table pts_ticket_number(
  bucket int not null,
  number text not null,
  ticket {id} not null,
  request {id} not null,
  made_ms {long} not null,
  primary key(bucket, number)
) {strict};
