-- What a citizen has moved on one day without card and PIN, of all issuers' points together (K-02). What goes back on the same day is taken off.
create table pts_password_day(
  bucket int not null,
  citizen {id} not null,
  civil_day int not null,
  moved {long} not null check(moved >= 0),
  primary key(bucket, citizen, civil_day)
) {strict};
