-- Grants by file (S2-P6b, S2-P6d). One file is one batch, known again by its SHA-256.
create table pts_grant_batch(
  id {id} not null primary key,
  municipality text not null,
  programme {id} not null,
  sha256 text not null,
  file_name text not null,
  occasion text not null,
  expires_on int not null,
  state text not null,
  maker {id} not null,
  asked_by {id},
  asked_on int,
  decided_by {id},
  line_count int not null,
  good_count int not null,
  points {long} not null,
  made_ms {long} not null,
  unique(municipality, sha256)
) {strict};
create index pts_grant_batch_running on pts_grant_batch(made_ms) where state = 'running';

-- What each line says and what became of it; bucket is that of pts_grant_once. A refused line carries no points.
create table pts_grant_row(
  batch {id} not null,
  line int not null,
  bucket int not null,
  citizen {id},
  person {id},
  shown_id text not null,
  shown_points text not null,
  points {long} not null,
  occasion text not null,
  state text not null,
  code text not null,
  same_line int not null,
  primary key(batch, line),
  check(state = 'refused' or citizen is not null and person is not null and points > 0)
) {strict};
create index pts_grant_row_open on pts_grant_row(batch, line) where state = 'open';
create index pts_grant_row_refused on pts_grant_row(batch, line) where state = 'refused';
