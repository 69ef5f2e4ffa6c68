-- What people look for: a merchant's orders by their time, and a publisher's customer's transactions by theirs.
-- Everything here is added, but for an index that the second contains: a process of the version before goes on
-- working beside it.

create index orders_created on orders (merchant, created_at, id);

create index transactions_customer_created on transactions (customer, created_at, id)
  where customer is not null;
drop index transactions_customer;
