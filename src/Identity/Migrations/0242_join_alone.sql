-- From when on a new card opens the old account without a counter (Lineage): 72 hours after its citizen was told by mail. null: never.
alter table idn_join_request add column alone_ms {long};
create index idn_join_request_alone on idn_join_request(alone_ms) where alone_ms is not null and state = 1;
