-- One row per job: who holds its lease, until when, and what the last run came to. The fence rises with every taking.
create table krn_job(
  name text not null primary key,
  owner {id},
  until_ms {long} not null,
  fence {long} not null,
  last_start_ms {long},
  last_end_ms {long},
  last_ok int,
  last_result text
) {strict};
