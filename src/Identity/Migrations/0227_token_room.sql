-- A token is written twice within minutes, by its opening and by the transfer that takes it. With room left on its page the second writing
-- touches no index.
--only postgres
alter table idn_citizen_token set (fillfactor = 55);
