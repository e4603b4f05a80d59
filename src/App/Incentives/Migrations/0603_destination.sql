-- Where what is granted goes, as the citizen chose and signed it with the application (S1-35a): 'municipality', or the payment service and the account there, 32 hexadecimal digits each; empty: it is
-- chosen with the claim. claim_next_ms: when the claim that follows by itself is tried next; 0: there is none to make.
alter table inc_application add column destination text not null default '';
alter table inc_entitlement add column destination text not null default '';
alter table inc_entitlement add column claim_next_ms {long} not null default 0;
create index inc_entitlement_claim on inc_entitlement(claim_next_ms) where claim_next_ms > 0;
