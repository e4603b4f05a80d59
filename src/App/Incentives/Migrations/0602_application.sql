-- Who has applied to a programme (S1-25). Once per person and period (0: ever, else the fiscal year), by the key that survives a new ID. The id becomes the transfer's.
-- state: waiting for screening, approving (another officer has still to look), accepted and being posted, granted, rejected.
create table inc_application(
  id {id} not null primary key,
  programme {id} not null,
  municipality text not null,
  citizen {id} not null,
  person {id} not null,
  period int not null,
  shown_id text not null,
  points {long} not null check(points > 0),
  declared int not null check(declared in (0, 1)),
  state text not null check(state in ('waiting', 'approving', 'accepted', 'granted', 'rejected')),
  made_ms {long} not null,
  entered_by {id},
  entered_reason text,
  reason text,
  decided_by {id},
  decided_day int,
  decided_ms {long},
  expires_on int,
  alone int not null default 0 check(alone in (0, 1)),
  credited {long},
  unique(programme, person, period)
) {strict};
create index inc_application_citizen on inc_application(citizen, made_ms);
create index inc_application_state on inc_application(programme, state, made_ms);
create index inc_application_approving on inc_application(municipality) where state = 'approving';
create index inc_application_left on inc_application(decided_ms) where state = 'accepted';
