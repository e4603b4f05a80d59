-- Who means to come. Given back until it begins; the number stands on the ticket that is shown at the door.
create table inc_registration(
  activity {id} not null,
  person {id} not null,
  citizen {id} not null,
  shown_id text not null,
  number text not null unique,
  made_ms {long} not null,
  primary key(activity, person)
) {strict};
create index inc_registration_citizen on inc_registration(citizen, made_ms);

-- Who was there, once per person and activity, by the key that survives a new ID. The id becomes the transfer's.
-- state: waiting for an officer (why: what kept it from being granted), approving (another officer has still to look), accepted and being posted, granted, struck.
create table inc_report(
  id {id} not null primary key,
  activity {id} not null,
  programme {id} not null,
  municipality text not null,
  citizen {id} not null,
  person {id} not null,
  shown_id text not null,
  points {long} not null check(points > 0),
  way text not null check(way in ('code', 'slip', 'ticket', 'roster')),
  step {long},
  by_kind int not null,
  by_id {id} not null,
  state text not null check(state in ('waiting', 'approving', 'accepted', 'granted', 'struck')),
  why text,
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
  unique(activity, person)
) {strict};
create index inc_report_citizen on inc_report(citizen, made_ms);
create index inc_report_person on inc_report(person);
create index inc_report_step on inc_report(activity, step) where step is not null;
create index inc_report_approving on inc_report(municipality) where state = 'approving';
create index inc_report_left on inc_report(decided_ms) where state = 'accepted';

-- Slips of paper, each good once. Of its code only the keyed hash is kept: a copy of this table reports nobody.
create table inc_slip(
  code_hash {blob} not null primary key,
  activity {id} not null,
  sheet {id} not null,
  no int not null,
  report {id},
  unique(activity, no)
) {strict};
create index inc_slip_sheet on inc_slip(sheet);

-- What looks like codes that are handed on: counted by kind and what it is about; above what the settings say it is raised, until an officer has looked.
create table inc_activity_alarm(
  activity {id} not null,
  kind text not null check(kind in ('step', 'slip', 'same_time', 'wrong')),
  about text not null,
  seen_times int not null,
  last_ms {long} not null,
  raised_ms {long},
  seen_by {id},
  primary key(activity, kind, about)
) {strict};
