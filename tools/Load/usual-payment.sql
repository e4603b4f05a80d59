\set a random(1, :accounts)
\set amt random(1, 100)
\set shop random(1, :shops)
begin;
select account_id, seq, expires, remaining from lot where account_id = :a and remaining > 0 order by account_id, acquired, seq for update;
update lot set remaining = remaining - :amt where account_id = :a and seq = 1;
insert into tx(id, account_id, shop_id, kind, amount, request_key) values (nextval('tx_seq'), :a, :shop, 1, :amt, gen_random_uuid()) returning id \gset
insert into posting values (:id, 0, :a, 1, -(:amt)::bigint), (:id, 1, -(:shop)::bigint, 0, :amt);
commit;
