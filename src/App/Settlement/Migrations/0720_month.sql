-- A month of settlement is a calendar month of Japan, cut out of the chains by heights (docs/adr/0014). Whatever stands in these three is closed and never changes.
create table stl_month(
  month int not null primary key,
  until_ms {long} not null,
  transfers {long} not null,
  closed_ms {long} not null
) {strict};

create table stl_cut(
  month int not null,
  bucket int not null,
  height {long} not null,
  primary key(month, bucket)
) {clustered};

-- A line counts once its month stands. Its id follows from what it sums up, so that making it twice makes it once.
create table stl_line(
  month int not null,
  id {id} not null,
  kind int not null,
  undone int not null,
  account_kind int not null,
  issuer text not null,
  owner {id} not null,
  source int not null,
  partner {id} not null,
  programme {id} not null,
  of_month int not null,
  count {long} not null,
  amount {long} not null,
  primary key(month, id)
) {clustered};
create index stl_line_issuer on stl_line(issuer, account_kind, month);
create index stl_line_owner on stl_line(owner, month);

-- The work of the month that is being closed: sums so far, and how far each chain is read; they move in one transaction. Both are empty between two months.
create table stl_sum(
  month int not null,
  id {id} not null,
  kind int not null,
  undone int not null,
  account_kind int not null,
  issuer text not null,
  owner {id} not null,
  source int not null,
  partner {id} not null,
  programme {id} not null,
  of_month int not null,
  count {long} not null,
  amount {long} not null,
  primary key(month, id)
) {clustered};

create table stl_progress(
  month int not null,
  bucket int not null,
  height {long} not null,
  position int not null,
  last {long} not null,
  done int not null,
  transfers {long} not null,
  primary key(month, bucket)
) {strict};
--only postgres
revoke update, delete on stl_month, stl_cut, stl_line from mykey_app;
--only both
