-- From this day of each fiscal year on, what a programme has counted becomes points by its table (S4-02c: in March).
create table pts_exchange_day(
  programme {id} not null primary key,
  month int not null check(month between 1 and 12),
  day int not null check(day between 1 and 31)
) {strict};
