-- What everybody may read and search of a place: acceptors, service providers and support corners in one list (S0-1008, S2-P10g).
-- search: the folded name, kana and old names, fields with a blank between; null until a job has folded what was there before this table.
create table reg_place(
  no integer not null primary key,
  id {id} not null unique,
  source text not null check(source in ('acceptor', 'provider', 'support')),
  municipality text not null references reg_municipality(code),
  kind text not null,
  name text not null,
  kana text not null,
  old_names text not null,
  location text not null,
  access text not null,
  hours text not null,
  telephone text not null,
  web text not null,
  ways text not null,
  from_day int,
  until_day int,
  own_no text,
  listed int not null check(listed in (0, 1)),
  search text
) {strict};
create index reg_place_municipality on reg_place(municipality, no);
create index reg_place_kind on reg_place(kind, municipality, no);
create unique index reg_place_own_no on reg_place(municipality, own_no);
create index reg_place_unfolded on reg_place(no) where search is null;

-- Two characters that stand side by side in a place's search text, as one number; in the order in which results are shown.
create table reg_place_token(
  token integer not null,
  municipality integer not null,
  place integer not null,
  primary key(token, municipality, place)
) {clustered};

insert into reg_place(no, id, source, municipality, kind, name, kana, old_names, location, access, hours, telephone, web, ways, from_day, until_day, listed)
select row_number() over (order by municipality, id), id, 'acceptor', municipality, kind, name, '', '', '', '', '', '', '', '', null, null, case when state = 'active' then 1 else 0 end from reg_acceptor;

insert into reg_place(no, id, source, municipality, kind, name, kana, old_names, location, access, hours, telephone, web, ways, from_day, until_day, listed)
select (select coalesce(max(no), 0) from reg_place) + row_number() over (order by municipality, id), id, 'provider', municipality, kind, name, '', '', '', '', '', '', '', '', from_day, until_day,
  case when state = 'active' then 1 else 0 end from reg_service_provider;

insert into reg_place(no, id, source, municipality, kind, name, kana, old_names, location, access, hours, telephone, web, ways, from_day, until_day, listed)
select (select coalesce(max(no), 0) from reg_place) + row_number() over (order by municipality, id), id, 'support', municipality, 'support', name, '', '', place, '', hours, telephone, '', '', from_on, until_on,
  case when state = 'open' then 1 else 0 end from reg_support_place;
