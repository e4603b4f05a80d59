-- An exchange that begins on the partner's own pages (S2-P3b): by which word the partner knows a link, as a hash, and by which number its own order.
alter table pts_link add column partner_hash {blob};
create index pts_link_partner on pts_link(partner, partner_hash) where partner_hash is not null;

alter table pts_link_order add column partner_order {id};
create unique index pts_link_order_partner on pts_link_order(partner, partner_order) where partner_order is not null;
