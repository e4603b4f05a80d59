-- The usual way: lots, transfers and postings as rows, one transaction per payment. :accounts accounts with two lots each.
create table lot(
  account_id bigint not null, seq int not null, acquired int not null, expires int not null,
  remaining bigint not null check (remaining >= 0), initial bigint not null, primary key (account_id, seq)) with (fillfactor = 80);
create table tx(
  id bigint not null primary key, account_id bigint not null, shop_id int not null, kind smallint not null, amount bigint not null,
  request_key uuid not null, at timestamptz not null default now());
create unique index tx_request_key on tx(request_key);
create table posting(
  tx_id bigint not null, n smallint not null, account_id bigint not null, lot_seq int not null, amount bigint not null, primary key (tx_id, n));
create sequence tx_seq cache 100;
