-- Paper goes from one desk to another (S4-08c).
alter table pts_voucher_change add column to_desk {id};
