-- Where a citizen hears of what happened, if he wants to (K-15): wrapped, apart from everything else, gone with the ID.
create table idn_mail(
  citizen {id} not null primary key,
  kek_id text not null,
  wrapped {blob} not null,
  since_ms {long} not null
) {strict};

-- Notices a citizen does not want; those about the safety of the ID always come.
create table idn_mail_off(
  citizen {id} not null,
  notice text not null,
  primary key(citizen, notice)
) {strict};

-- A number sent by mail and typed on a page. purpose: 1 the mailbox is the citizen's, 2 stop the ID. wrapped: the mailbox that was typed.
-- The number itself is nowhere: it follows from the id and the key-encryption key. state: 1 open, 2 used. citizen is null where the typed ID is nobody's.
create table idn_mail_code(
  id {id} not null primary key,
  purpose int not null check(purpose in (1, 2)),
  citizen {id},
  kek_id text not null,
  wrapped {blob} not null,
  wrong int not null default 0,
  state int not null default 1 check(state in (1, 2)),
  made_ms {long} not null,
  expires_ms {long} not null
) {strict};
create index idn_mail_code_citizen on idn_mail_code(citizen, made_ms) where citizen is not null;
create index idn_mail_code_expires on idn_mail_code(expires_ms);
