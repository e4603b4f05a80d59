-- What an online site has to hear, until it has said that it heard.
create table pts_site_event(
  id {id} not null primary key,
  site {id} not null,
  type text not null,
  body text not null,
  made_ms {long} not null,
  state text not null check(state in ('waiting', 'sent', 'stuck')),
  next_ms {long} not null,
  tries int not null,
  answer text not null
) {strict};
create index pts_site_event_due on pts_site_event(next_ms) where state = 'waiting';
create index pts_site_event_stuck on pts_site_event(made_ms) where state = 'stuck';
