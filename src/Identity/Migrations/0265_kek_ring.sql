-- Several key-encryption keys side by side: the one with the highest no writes, the others read until ended_ms. A value that names no key is of no 1.
-- empty_ms: since when nothing was found under it. derives: from this one followed what now lies in idn_subkey.
alter table idn_kek add column no int not null default 1;
alter table idn_kek add column empty_ms {long};
alter table idn_kek add column ended_ms {long};
alter table idn_kek add column derives int not null default 1 check(derives in (0, 1));
create unique index idn_kek_no on idn_kek(no);

-- Keys of one purpose each, wrapped: what hangs on them (printed tickets, how street cards are known) stays when the key-encryption key changes.
create table idn_subkey(
  purpose text not null primary key,
  wrapped {blob} not null,
  made_ms {long} not null
) {strict};
