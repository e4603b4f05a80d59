-- A capture may be refunded in parts (M-D1): so every transfer but a refund (17) is the only one that cancels what it cancels.
drop index ledger_transfer_cancels;
create unique index ledger_transfer_cancels on ledger_transfer(bucket, cancels) where cancels is not null and kind <> 17;
create index ledger_transfer_cancelled_by on ledger_transfer(bucket, cancels) where cancels is not null;
