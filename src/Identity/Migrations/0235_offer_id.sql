-- After a suspension the citizen is asked at the next login by card whether another MyKeyId is wanted (S0-1022b).
alter table idn_citizen add column offer_id int not null default 0 check(offer_id in (0, 1));
