-- A token that was taken for a change which is no transfer (a library link, somebody who was there): its transfer names that change, and the audit of uses does not look for it.
alter table idn_citizen_token add column for_change int not null default 0 check(for_change in (0, 1));
