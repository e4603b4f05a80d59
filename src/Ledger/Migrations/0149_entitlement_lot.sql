-- What one programme has granted that is to be received, without going through all lots; its columns never change, so a payment costs what it cost.
create index ledger_lot_entitlement on ledger_lot(owner) where kind = 15;
