-- What an office tells those who applied to a programme (S1-S1). waiting: above so many people another officer has still to look (V-D3). people is counted when it is written and again when it goes out.
create table inc_message(
  id {id} not null primary key,
  programme {id} not null,
  municipality text not null,
  audience text not null check(audience in ('all', 'waiting', 'granted', 'unclaimed', 'rejected')),
  body text not null,
  state text not null check(state in ('waiting', 'sent', 'withdrawn')),
  people {long} not null,
  written_by {id} not null,
  written_ms {long} not null,
  sent_ms {long}
) {strict};
create index inc_message_programme on inc_message(programme, written_ms);
create index inc_message_waiting on inc_message(municipality) where state = 'waiting';

-- Whom it went to, fixed when it was sent: each once. told_ms: the mail of those who want one is on its way; seen_ms: read on My Page.
create table inc_message_to(
  citizen {id} not null,
  message {id} not null,
  application {id} not null,
  sent_ms {long} not null,
  told_ms {long},
  seen_ms {long},
  primary key(citizen, message)
) {strict};
create index inc_message_to_tell on inc_message_to(sent_ms, message, citizen) where told_ms is null;
create index inc_message_to_seen on inc_message_to(message, seen_ms);
