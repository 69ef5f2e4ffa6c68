-- Nobody is paid on more than an order's total, and amounts are in ISO 4217's own smallest unit: what each
-- commission was computed on, and with how many decimals an amount was read. Everything here is added, and
-- null in what was written before: a process of the version before goes on working beside it.

alter table orders
  -- Of the smallest unit of its currency, by the table of the version that wrote the total.
  add column decimals smallint check (decimals between 0 and 4);

alter table transactions
  -- What each of the commissions is paid on: together the order's total, nothing once it is declined.
  add column bases bigint[];

alter table ledger_entries
  -- What is paid on from this entry on; null where nothing is any more.
  add column order_total bigint,
  -- What the order's lines add up to; null also where it has none.
  add column line_items_total bigint;
