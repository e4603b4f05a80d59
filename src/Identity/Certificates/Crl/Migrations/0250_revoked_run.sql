-- The entries of a revocation list as sorted runs of some ninety: half a million rows took seconds to write, these few thousand do not. An entry is the serial in 20
-- bytes, big-endian, and its reason. What was loaded in the old form is no longer in force: the next fetch, at the start, loads it anew.
update idn_crl set state = 2 where state = 1;
drop table idn_revoked;
create table idn_revoked_run(
  crl {id} not null,
  first_serial {blob} not null,
  entries {blob} not null,
  primary key(crl, first_serial)
) {clustered};
