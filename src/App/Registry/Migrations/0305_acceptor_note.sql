-- What a shop says of points beside other vouchers: each shop decides, the platform forbids nothing (S0-4043).
alter table reg_acceptor add column note text;
