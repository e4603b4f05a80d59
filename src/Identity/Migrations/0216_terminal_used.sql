-- When a terminal was last seen, to the hour: offices look for devices that nobody uses any more.
alter table idn_terminal add column used_ms {long};
