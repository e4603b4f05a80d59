-- Programmes that give for taking part: for each activity that is reported, and nothing for an application (S1-34b).
create table inc_taking_part(
  programme {id} not null primary key,
  set_ms {long} not null
) {strict};

-- What an offer invites to: a day, hours in minutes of that day in Japan, a place in words. What is reported until report_until gives points, once per person.
create table inc_activity(
  id {id} not null primary key,
  programme {id} not null,
  municipality text not null,
  state text not null check(state in ('open', 'called_off')),
  title text not null,
  day int not null,
  from_minute int not null check(from_minute >= 0),
  until_minute int not null check(until_minute > from_minute and until_minute <= 1440),
  place text not null,
  organiser {id},
  points {long} not null check(points > 0),
  places int check(places > 0),
  registration text not null check(registration in ('before', 'with_report')),
  report_until int not null check(report_until >= day),
  changed_ms {long} not null,
  unique(programme, day, title)
) {strict};
create index inc_activity_day on inc_activity(day, municipality);
create index inc_activity_organiser on inc_activity(organiser, day) where organiser is not null;
