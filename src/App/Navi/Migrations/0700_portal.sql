-- What the operators tell everybody: announcements with their beginning and end to the minute (S2-P1c); place orders those of the same moment's list, smaller first.
create table nav_announcement(
  id {id} not null primary key,
  title text not null,
  body text not null,
  from_ms {long} not null,
  until_ms {long},
  place int not null,
  state text not null check(state in ('shown', 'hidden')),
  check(until_ms is null or until_ms > from_ms)
) {strict};

-- Recommended points (S2-P17a): a municipality, words of its own, and its place.
create table nav_featured(
  municipality text not null primary key,
  words text not null,
  place int not null
) {strict};

-- Texts of the portal that the operators write themselves; what holds is the last that has begun (K-17, S4-19, S2-P4c).
create table nav_text(
  key text not null,
  from_ms {long} not null,
  body text not null,
  primary key(key, from_ms)
) {strict};
