-- The key under which codes are kept: whoever reads the tables cannot exchange them. Wrapped by the key-encryption key.
create table pts_coupon_key(no int not null primary key, wrapped {blob} not null) {strict};

-- Files of codes that a partner brought, known by their hash. A coupon is a row, not an account: the partner's account is charged when it is exchanged.
create table pts_coupon_batch(
  id {id} not null primary key,
  partner {id} not null,
  sha256 text not null,
  state text not null check(state in ('receiving', 'open', 'refused')),
  machine {id} not null,
  line_count int not null,
  good_count int not null,
  points {long} not null,
  digest {blob} not null,
  made_ms {long} not null,
  opened_ms {long},
  unique(partner, sha256)
) {strict};

-- code_hash: HMAC of partner and code; bucket follows from it. points are the partner's. What is from taken_by on says who exchanged it, for what.
create table pts_coupon(
  bucket int not null,
  code_hash {blob} not null,
  batch {id} not null,
  line int not null,
  points {long} not null check(points > 0),
  expires_on int not null,
  taken_by {id},
  exchange {id},
  transfer {id},
  issuer text,
  worth {long},
  rate_partner int,
  rate_municipal int,
  lot_expires_on int,
  taken_ms {long},
  posted int not null default 0 check(posted in (0, 1)),
  primary key(bucket, code_hash),
  check(taken_by is null or exchange is not null and transfer is not null and issuer is not null and worth > 0 and taken_ms is not null),
  check(posted = 0 or taken_by is not null)
) {clustered};
create index pts_coupon_batch_line on pts_coupon(batch, line);
create index pts_coupon_exchanged on pts_coupon(batch, taken_ms) where posted = 1;
create index pts_coupon_taken on pts_coupon(taken_by, exchange) where taken_by is not null;
create index pts_coupon_left on pts_coupon(taken_ms) where taken_by is not null and posted = 0;

-- Lines of a file that are no coupon, and why. The code itself is not kept.
create table pts_coupon_refused(
  batch {id} not null,
  line int not null,
  code text not null,
  primary key(batch, line)
) {strict};

-- Wrong codes of a citizen on a day: guessing ends there.
create table pts_coupon_wrong(
  bucket int not null,
  citizen {id} not null,
  civil_day int not null,
  wrong int not null check(wrong >= 0),
  primary key(bucket, citizen, civil_day)
) {strict};
