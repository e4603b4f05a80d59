-- The month leads the key: without it, looking for what is old would read every refusal there is, every hour.
--only postgres
create or replace function krn_purge_refusal(before_ms bigint, most int) returns setof log_refusal language plpgsql security definer set search_path = public, pg_temp as $$
declare
  last_month int := to_char(to_timestamp(before_ms / 1000.0) at time zone 'UTC' + interval '9 hours', 'YYYYMM')::int;
begin
  if before_ms > (extract(epoch from clock_timestamp()) * 1000)::bigint - 90 * 86400000::bigint then
    raise exception 'refusals are kept for 90 days at least';
  end if;
  return query delete from log_refusal where ctid in
    (select r.ctid from log_refusal r where r.month <= last_month and r.time_ms < before_ms order by r.month, r.id limit most) returning *;
end
$$;
--only both
