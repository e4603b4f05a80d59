-- A card that comes again changes its row's time and nothing else. Without an index on the time, and with room left on the page, that touches no index; what is too
-- old is looked for every ten minutes among the cards of an hour.
drop index idn_tap_card_at;
--only postgres
alter table idn_tap_card set (fillfactor = 70);
