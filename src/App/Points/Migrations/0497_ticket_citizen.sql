-- The tickets that a citizen still has in hand: told before the ID is given up (S0-5017).
create index pts_ticket_citizen on pts_ticket(bucket, citizen) where state = 'issued';
