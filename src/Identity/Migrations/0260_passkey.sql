-- The public half of a member's passkeys (WebAuthn). The count never goes back.
create table idn_passkey(
  id {id} not null primary key,
  staff {id} not null,
  credential {blob} not null unique,
  public_key {blob} not null,
  sign_count {long} not null check(sign_count >= 0),
  transports text not null,
  backup_eligible int not null check(backup_eligible in (0, 1)),
  backed_up int not null check(backed_up in (0, 1)),
  label text not null,
  created_ms {long} not null,
  used_ms {long}
) {strict};
create index idn_passkey_staff on idn_passkey(staff, created_ms);

-- What an authenticator is asked. purpose: 1 register, 2 log in, 3 confirm. bound: SHA-256 of the cookie that asked. taken: nothing ever leads back.
create table idn_passkey_question(
  id {id} not null primary key,
  purpose int not null check(purpose in (1, 2, 3)),
  shell int not null check(shell in (2, 3)),
  staff {id},
  bound {blob} not null,
  origin text not null,
  asked text not null,
  expires_ms {long} not null,
  taken int not null default 0 check(taken in (0, 1))
) {strict};
create index idn_passkey_question_expires on idn_passkey_question(expires_ms);

-- The passkey that opened a session of staff: it ends with it.
alter table idn_session add column passkey {id};
