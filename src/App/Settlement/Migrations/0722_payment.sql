-- Which month is closed last: closing and booking take turns at this row, so that nothing is booked into a month while it is closed.
create table stl_book(no int not null primary key check(no = 1), closed int not null, turns {long} not null) {strict};
insert into stl_book(no, closed, turns) values (1, 0, 0);

-- What a partner paid a municipality (S2-P8a), and what was wrong with an exchange (Z2): made by one, booked by another, into the month that is open then.
create table stl_payment(
  id {id} not null primary key,
  kind text not null check(kind in ('payment', 'correction')),
  partner {id} not null,
  municipality text not null,
  amount {long} not null check(amount <> 0 and (kind = 'correction' or amount > 0)),
  day int not null,
  note text not null,
  state text not null check(state in ('waiting', 'booked', 'withdrawn')),
  book_month int,
  maker {id} not null,
  made_ms {long} not null,
  decided_by {id},
  decided_ms {long},
  check((state = 'booked') = (book_month is not null))
) {strict};
create index stl_payment_partner on stl_payment(partner, book_month);
create index stl_payment_municipality on stl_payment(municipality, book_month);

-- What a partner says of its statement.
create table stl_answer(
  month int not null,
  partner {id} not null,
  municipality text not null,
  state text not null check(state in ('confirmed', 'disputed')),
  note text not null,
  due {long} not null,
  machine {id} not null,
  made_ms {long} not null,
  primary key(month, partner, municipality)
) {clustered};
--only postgres
revoke delete on stl_book, stl_payment, stl_answer from mykey_app;
revoke update on stl_payment from mykey_app;
grant update(state, book_month, decided_by, decided_ms) on stl_payment to mykey_app;
--only both
