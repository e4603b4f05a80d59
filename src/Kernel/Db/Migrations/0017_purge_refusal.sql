-- Refusals have an end (T-D1). On PostgreSQL the App may not take away from what is history, so it asks this function of the tables' owner, which lets nothing go
-- that is younger than 90 days, whatever it is asked for.
--only postgres
create function krn_purge_refusal(before_ms bigint, most int) returns setof log_refusal language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if before_ms > (extract(epoch from clock_timestamp()) * 1000)::bigint - 90 * 86400000::bigint then
    raise exception 'refusals are kept for 90 days at least';
  end if;
  return query delete from log_refusal where (month, id) in (select r.month, r.id from log_refusal r where r.time_ms < before_ms order by r.month, r.id limit most) returning *;
end
$$;
revoke all on function krn_purge_refusal(bigint, int) from public;
grant execute on function krn_purge_refusal(bigint, int) to mykey_app;
--only both
