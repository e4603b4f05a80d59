-- How many stamps, hours or steps give how many points in a programme (S2-P19e, S4-02c): the highest step that is reached counts.
create table pts_step(
  programme {id} not null,
  least {long} not null check(least > 0),
  points {long} not null check(points > 0),
  primary key(programme, least)
) {strict};
