-- What running its points cost a municipality in a fiscal year (S2-P6f), as its office says: whoever writes it again adds a row, and the last one counts.
create table stl_cost(
  id {id} not null primary key,
  municipality text not null,
  fiscal_year int not null,
  amount {long} not null check(amount > 0),
  note text not null,
  maker {id} not null,
  made_ms {long} not null
) {strict};
create index stl_cost_municipality on stl_cost(municipality, fiscal_year, made_ms);
--only postgres
revoke update, delete on stl_cost from mykey_app;
--only both
