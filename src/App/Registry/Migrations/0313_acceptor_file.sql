-- A file of acceptors that an office has sent: looked at first, then taken in (Y-D1). The content goes when it is taken in.
create table reg_acceptor_file(
  municipality text not null references reg_municipality(code),
  sha256 text not null,
  content {blob},
  line_count int not null,
  added int not null,
  changed int not null,
  refused int not null,
  made_ms {long} not null,
  taken_ms {long},
  primary key(municipality, sha256)
) {clustered};
