-- The certificate of somebody who gave up the ID goes to the new one; what was done under the old one is still the same person's (S0-5016c).
alter table idn_citizen add column person_key {id};
