-- Lists that are followed by a date grow at their end only. Those of transactions need no column: their
-- dates are given when the list is locked. An order keeps the date of its verdict, so its place in the list
-- of verdict conflicts has one of its own. Everything here is added: a process of the version before goes on
-- working beside it, but what it writes may still show up behind those who have read on.

alter table orders
  -- When it was added to the list of verdict conflicts, where that was later than created_at.
  add column listed_at timestamptz;

create index orders_conflicts_listed on orders (merchant, (coalesce(listed_at, created_at)), id)
  where claim is not null and claim <> (verdict = 'new') and not is_test;
drop index orders_conflicts;
