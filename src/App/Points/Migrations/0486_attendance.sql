-- Town associations, universities, groups of volunteers that record who was there, and for which programmes they may (S2-P3d).
create table pts_organiser(
  id {id} not null primary key,
  municipality text not null,
  name text not null,
  state text not null,
  made_ms {long} not null
) {strict};
create index pts_organiser_municipality on pts_organiser(municipality);

create table pts_organiser_programme(
  organiser {id} not null,
  programme {id} not null,
  primary key(organiser, programme)
) {strict};

-- One day of an activity. No organiser: the use of facilities of that day (K-12). Once it is approved, batch is the SHA-256 of the file of grants that was made of
-- it, or empty where it was counted; null: somebody approved it and did not get that far.
create table pts_occasion(
  id {id} not null primary key,
  municipality text not null,
  organiser {id},
  programme {id} not null,
  name text not null,
  held_on int not null,
  state text not null,
  points {long} check(points > 0),
  proven int not null default 0,
  batch text,
  decided_by {id},
  made_ms {long} not null,
  sent_ms {long}
) {strict};
-- A person gets something for an occasion once, and the occasion is known by its name and day: so there is one of that name.
create unique index pts_occasion_once on pts_occasion(programme, held_on, name) where state <> 'declined';
create index pts_occasion_organiser on pts_occasion(organiser, made_ms);
create index pts_occasion_municipality on pts_occasion(municipality, state);

-- Who was there. id is made by whoever records, so that a double click records once.
create table pts_attendance(
  occasion {id} not null,
  line int not null,
  id {id} not null,
  citizen {id} not null,
  person {id} not null,
  shown_id text not null,
  recorded_by text not null,
  leads int not null check(leads in (0, 1)),
  counted {long} not null check(counted > 0),
  struck int not null default 0 check(struck in (0, 1)),
  primary key(occasion, line)
) {strict};
create unique index pts_attendance_person on pts_attendance(occasion, person);
create unique index pts_attendance_id on pts_attendance(id);
