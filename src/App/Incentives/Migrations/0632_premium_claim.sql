-- What a service claims for a month (R-D1), compared line by line with what was granted. over: refused, with its differences; short: less than granted, an operator may close it so; approved: closed for good.
create table inc_premium_claim(
  service {id} not null,
  month int not null,
  sha256 text not null,
  state text not null check(state in ('over', 'short', 'approved')),
  claimed_lines int not null,
  claimed {long} not null,
  granted_lines int not null,
  granted {long} not null,
  differences int not null,
  made_ms {long} not null,
  decided_by {id},
  decided_ms {long},
  primary key(service, month)
) {strict};

create table inc_premium_difference(
  service {id} not null,
  month int not null,
  event text not null,
  claimed {long} not null,
  granted {long} not null,
  primary key(service, month, event)
) {strict};
