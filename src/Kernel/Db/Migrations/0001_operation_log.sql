-- Every state change that moves no points (S0-1022c). Insert only; sealed into the chain of stream `operations` afterwards.
create table log_operation(
  bucket int not null,
  id {id} not null,
  time_ms {long} not null,
  civil_day int not null,
  action text not null,
  actor_kind int not null,
  actor {id} not null,
  subject {id},
  citizen {id},
  terminal {id},
  before text,
  after text,
  reason text,
  primary key(bucket, id)
) {strict};
create index log_operation_citizen on log_operation(bucket, citizen, id);
create index log_operation_subject on log_operation(bucket, subject, id);
