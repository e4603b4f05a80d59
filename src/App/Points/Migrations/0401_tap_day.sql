-- What a citizen has used by tap alone of one issuer's points on one day (K-02).
create table pts_tap_day(
  bucket int not null,
  citizen {id} not null,
  issuer text not null,
  civil_day int not null,
  used {long} not null check(used > 0),
  primary key(bucket, citizen, issuer, civil_day)
) {strict};
