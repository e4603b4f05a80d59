-- Kinds of service provider are data: an operator adds one, and nothing is programmed (S2-P3a, S2-P17n).
create table reg_provider_kind(
  code text not null primary key,
  name text not null,
  changed_no {long} not null
) {strict};
insert into reg_provider_kind(code, name, changed_no) values
  ('library', '図書館', 0), ('plaza', '区民ひろば', 0), ('gym', 'スポーツジム', 0), ('museum', '美術館・博物館', 0), ('shopping_street', '商店街', 0),
  ('sports_facility', 'スポーツ施設', 0), ('public_transport', '公共交通', 0), ('bicycle_parking', '自転車置き場', 0), ('course', '生涯学習の講座', 0), ('clinic', '病院・診療所（診察券）', 0);
create index reg_provider_kind_changed on reg_provider_kind(changed_no);

-- Whoever knows a citizen by a number of its own: a library, a gym, a clinic (S0-1001, S0-3006). The form of its numbers is data.
create table reg_service_provider(
  id {id} not null primary key,
  code text not null,
  kind text not null references reg_provider_kind(code),
  name text not null,
  municipality text not null references reg_municipality(code),
  number_shortest int not null check(number_shortest between 1 and 20),
  number_longest int not null check(number_longest between number_shortest and 20),
  number_letters int not null check(number_letters in (0, 1)),
  self_link int not null check(self_link in (0, 1)),
  from_day int,
  until_day int,
  state text not null,
  changed_no {long} not null,
  check(until_day is null or from_day is null or until_day >= from_day)
) {strict};
create unique index reg_service_provider_code on reg_service_provider(code);
create index reg_service_provider_changed on reg_service_provider(changed_no);
