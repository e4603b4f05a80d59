-- The chain of stream `operations` (S2-P10b): one chain, bucket 0. Insert only, but for the head and the queue.
create table log_head(bucket int not null primary key, height {long} not null, hash {blob} not null, epoch int not null) {strict};

create table log_block(
  height {long} not null primary key,
  previous_hash {blob} not null,
  count int not null check(count > 0),
  entries_root {blob} not null,
  time_ms {long} not null,
  writer {id} not null,
  epoch int not null,
  sums {blob} not null,
  hash {blob} not null
) {strict};

-- Where each row of log_operation stands in the chain, with what its commitment commits to.
create table log_seal(
  bucket int not null,
  id {id} not null,
  height {long} not null,
  pos int not null,
  commitment {blob} not null,
  salt {blob} not null,
  record {blob} not null,
  primary key(bucket, id),
  unique(height, pos)
) {strict};

-- Rows that wait for their block, written with the row itself: so one that commits late is found without a scan.
create table log_pending(bucket int not null, id {id} not null, primary key(bucket, id)) {clustered};
insert into log_pending(bucket, id) select bucket, id from log_operation;
