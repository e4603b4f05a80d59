-- Points on their way back from a street card (table Z2). id is the reversal at the operator's centre, one for each time it is asked for; charge is the order that
-- it takes back. The row of a reversal that the centre has made ends in the transaction that gives the points back.
create table pts_charge_back(
  bucket int not null,
  id {id} not null,
  charge {id} not null,
  operator {id} not null,
  actor_kind int not null,
  actor {id} not null,
  terminal {id},
  reason text,
  state text not null check(state in ('asking', 'back', 'kept')),
  why text,
  asked_ms {long} not null,
  not_after_ms {long} not null,
  next_ms {long} not null,
  asks int not null,
  primary key(bucket, id),
  check((why is not null) = (state = 'kept'))
) {strict};
create unique index pts_charge_back_charge on pts_charge_back(bucket, charge) where state in ('asking', 'back');
create index pts_charge_back_open on pts_charge_back(next_ms) where state = 'asking';
