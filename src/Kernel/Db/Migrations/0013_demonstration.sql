-- Its one row says: what is in this database was made up. Nothing takes it away again.
create table krn_demonstration(id int not null primary key check(id = 1), marked_ms {long} not null) {strict};
--only postgres
revoke update, delete on krn_demonstration from mykey_app;
--only both
