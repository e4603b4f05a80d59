-- A change on which points depend, made by one operator and approved by another (V-D3). content is what was asked for, without secrets; secret is wrapped as it will
-- be kept. hash is over all that was proposed: exactly that is applied. overtaken: somebody changed the same thing at once meanwhile.
create table pts_proposal(
  id {id} primary key,
  kind text not null,
  subject text not null,
  part text not null,
  content text not null,
  secret {blob},
  hash {blob} not null,
  maker {id} not null,
  made_ms {long} not null,
  state text not null check(state in ('waiting', 'approved', 'declined', 'overtaken')),
  decided_by {id},
  decided_ms {long},
  check((decided_by is null) = (state = 'waiting')),
  check((decided_ms is null) = (state = 'waiting')),
  check(state <> 'approved' or decided_by <> maker)
) {strict};
create unique index pts_proposal_waiting on pts_proposal(kind, subject, part) where state = 'waiting';

-- What one maker has granted, and by how much he has raised budgets alone, in one municipality on one day over all of its programmes: a new programme is no way around
-- four eyes.
create table pts_maker_day(
  maker {id} not null,
  municipality text not null,
  civil_day int not null,
  what text not null check(what in ('grant', 'budget')),
  points {long} not null check(points >= 0),
  primary key(maker, municipality, civil_day, what)
) {strict};
insert into pts_maker_day(maker, municipality, civil_day, what, points)
select d.maker, p.municipality, d.civil_day, 'grant', sum(d.granted) from pts_grant_day d join pts_programme p on p.id = d.programme group by d.maker, p.municipality, d.civil_day;
