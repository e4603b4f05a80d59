-- The last days of points, yyyymmdd, until which a citizen with a mailbox was told that they come: 30 days before, and 7.
alter table idn_mail add column told30 int not null default 0;
alter table idn_mail add column told7 int not null default 0;
create index idn_mail_told on idn_mail(told7, citizen);
