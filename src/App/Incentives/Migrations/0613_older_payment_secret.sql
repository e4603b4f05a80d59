-- The secret that a payment service had before the last change, and what we were called then: it counts until its instant, so that two sides need not change at the same one (V-D1).
alter table inc_payment_service add column older_client_id text;
alter table inc_payment_service add column older_secret {blob};
alter table inc_payment_service add column older_until_ms {long};
