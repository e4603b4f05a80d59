-- The App adds to the history of points and moves what is left; it changes nothing that happened (Kernel 0012).
--only postgres
revoke update, delete on ledger_genesis, ledger_block, ledger_entry, ledger_transfer, ledger_head, ledger_lot, ledger_limit from mykey_app;
revoke update on ledger_lease from mykey_app;
grant update(height, hash) on ledger_head to mykey_app;
grant update(remaining, entry_no, commitment, last_transfer, closed) on ledger_lot to mykey_app;
grant update(total, taken) on ledger_limit to mykey_app;
--only both
