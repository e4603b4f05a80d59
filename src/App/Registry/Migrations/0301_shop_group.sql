-- A shopping street: acceptors of one municipality that take tickets together (K-11).
create table reg_shop_group(
  id {id} not null primary key,
  municipality text not null references reg_municipality(code),
  name text not null,
  changed_no {long} not null,
  unique(municipality, name)
) {strict};
create index reg_shop_group_changed on reg_shop_group(changed_no);

alter table reg_acceptor add column shop_group {id} references reg_shop_group(id);
