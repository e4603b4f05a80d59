-- Machines of facilities that a municipality lets report their use for a programme (K-12). What they report does not say which one it was.
create table pts_facility(
  programme {id} not null,
  machine {id} not null,
  primary key(programme, machine)
) {strict};
