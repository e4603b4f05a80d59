-- What a municipality takes part in (S2-P15): from a day on, when it is ready (※), undecided in its own words, or until a day. Whose library takes the card need not be a member (K-24).
create table reg_capability(
  municipality text not null references reg_municipality(code),
  capability text not null,
  state text not null check(state in ('dated', 'when_ready', 'undecided', 'ended')),
  on_day int,
  said text,
  primary key(municipality, capability),
  check((on_day is not null) = (state in ('dated', 'ended'))),
  check(state <> 'undecided' or said is not null)
) {strict};
