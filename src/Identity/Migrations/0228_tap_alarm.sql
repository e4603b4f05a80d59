-- Whose card was held to a terminal when, for an hour: many different ones may be somebody trying out serials (identity.md, "At terminals").
create table idn_tap_card(
  terminal {id} not null,
  citizen {id} not null,
  at_ms {long} not null,
  primary key(terminal, citizen)
) {strict};
create index idn_tap_card_at on idn_tap_card(at_ms);

-- An hour in which there were too many, until somebody of the office has looked.
create table idn_tap_alarm(
  terminal {id} not null,
  hour_ms {long} not null,
  municipality text not null,
  cards int not null check(cards > 0),
  seen_by {id},
  primary key(terminal, hour_ms)
) {strict};
create index idn_tap_alarm_open on idn_tap_alarm(municipality, hour_ms) where seen_by is null;
