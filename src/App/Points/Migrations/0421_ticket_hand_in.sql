-- Until when a shop without a device may hand a ticket in that it took in time (S4-09); only then does what nobody used go back.
alter table pts_ticket add column hand_in_until int not null default 0;
update pts_ticket set hand_in_until = last_on;
update pts_ticket set state = 'returned' where state = 'lapsed';
drop index pts_ticket_due;
create index pts_ticket_due on pts_ticket(bucket, hand_in_until) where state = 'issued';
