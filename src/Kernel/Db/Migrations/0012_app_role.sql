-- On PostgreSQL the App works as this role (decision 6), whoever it logs in as: it may add to what is history, never change or take away. What comes
-- later may be written like any table; a migration that makes history says so itself. SQLite has no roles: there the audit finds a change.
--only postgres
do $$
begin
  if not exists(select 1 from pg_roles where rolname = 'mykey_app') then
    create role mykey_app nologin;
  end if;
exception when duplicate_object or unique_violation then
  null; -- A role is of the whole server: another database has just made it.
end
$$;
do $$
begin
  if not pg_has_role(current_role, 'mykey_app', 'member') then
    grant mykey_app to current_role;
  end if;
end
$$;
grant usage on schema public to mykey_app;
grant select, insert, update, delete on all tables in schema public to mykey_app;
alter default privileges in schema public grant select, insert, update, delete on tables to mykey_app;
revoke insert, update, delete on krn_migration from mykey_app;
revoke update, delete on krn_setting, log_operation, log_block, log_seal, log_refusal from mykey_app;
revoke delete on log_head from mykey_app;
-- Beyond a rate one row counts the refusals of an actor and minute.
grant update(count, code) on log_refusal to mykey_app;
--only both
