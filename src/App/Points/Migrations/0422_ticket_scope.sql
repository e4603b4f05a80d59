-- The shopping street that a ticket is good in; null: its whole municipality (K-11).
alter table pts_ticket add column shop_group {id};
