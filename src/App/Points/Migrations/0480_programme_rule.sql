-- Rules of a programme about its grants: how much a person gets in a fiscal year at most (S4-03), who may get anything (S4-04: anyone, list, proof), what is
-- usually given (S2-P19c), and to who leads (S4-02b).
alter table pts_programme add column year_cap {long} check(year_cap > 0);
alter table pts_programme add column eligibility text not null default 'anyone';
alter table pts_programme add column usual_points {long} check(usual_points > 0);
alter table pts_programme add column leader_points {long} check(leader_points > 0);
