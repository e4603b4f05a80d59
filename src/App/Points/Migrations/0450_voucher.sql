-- What points can be exchanged into on paper (S4-08a, S4-08b): existing vouchers and parking tickets of a municipality.
create table pts_voucher_product(
  id {id} not null primary key,
  municipality text not null,
  name text not null,
  kind text not null,
  denomination {long} not null check(denomination > 0),
  good_where text not null,
  from_day int not null,
  until_day int not null check(until_day >= from_day),
  premium_percent int not null check(premium_percent between 0 and 100),
  programme {id},
  state text not null,
  check((premium_percent > 0) = (programme is not null))
) {strict};
create index pts_voucher_product_municipality on pts_voucher_product(municipality);

-- What came into a desk's stock, and what was corrected there. Kept as it was.
create table pts_voucher_change(
  id {id} not null primary key,
  product {id} not null,
  desk {id} not null,
  kind text not null,
  prefix text not null,
  width int not null,
  from_serial {long} not null,
  until_serial {long} not null check(until_serial >= from_serial),
  maker {id} not null,
  made_ms {long} not null
) {strict};

-- Each sheet by the number printed on it; the key lets nobody hand out one twice (S4-08c).
create table pts_voucher(
  product {id} not null,
  prefix text not null,
  serial {long} not null,
  width int not null,
  desk {id} not null,
  state text not null,
  bucket int,
  transfer {id},
  primary key(product, prefix, serial),
  check((state = 'out') = (transfer is not null))
) {clustered};
create index pts_voucher_desk on pts_voucher(desk, product);
create index pts_voucher_transfer on pts_voucher(transfer) where transfer is not null;

-- One exchange at a desk; its points stand in the ledger under the same id.
create table pts_voucher_order(
  bucket int not null,
  id {id} not null,
  citizen {id} not null,
  product {id} not null,
  municipality text not null,
  desk {id} not null,
  count int not null check(count > 0),
  denomination {long} not null,
  points {long} not null check(points > 0),
  premium {long} not null check(premium >= 0),
  programme {id},
  civil_day int not null,
  made_ms {long} not null,
  state text not null,
  ended_by {id},
  ended_ms {long},
  primary key(bucket, id),
  check(points + premium = count * denomination)
) {strict};
create index pts_voucher_order_day on pts_voucher_order(municipality, civil_day);
create index pts_voucher_order_desk on pts_voucher_order(desk, civil_day);

-- The numbers that an exchange handed out, also after the paper came back.
create table pts_voucher_handed(
  bucket int not null,
  transfer {id} not null,
  prefix text not null,
  serial {long} not null,
  width int not null,
  primary key(bucket, transfer, prefix, serial)
) {clustered};
--only postgres
revoke update, delete on pts_voucher_change, pts_voucher_handed from mykey_app;
--only both
