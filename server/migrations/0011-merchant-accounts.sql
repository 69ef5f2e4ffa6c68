-- Merchants read what they owe: an account for each publisher and currency, and lists of transactions by each
-- of their times.

-- Written with the first transaction of each; read when a merchant lists its accounts.
create table merchant_accounts (
  merchant integer not null,
  publisher integer not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz not null,
  primary key (merchant, publisher, currency)
);

insert into merchant_accounts (merchant, publisher, currency, created_at)
select merchant, publisher, currency, min(created_at) from transactions
group by merchant, publisher, currency;

create index transactions_owed_account
  on transactions (merchant, publisher, currency, created_at, id);
create index transactions_owed_created on transactions (merchant, created_at, id);
create index transactions_owed_modified on transactions (merchant, modified_at, id);
create index transactions_owed_attributed on transactions (merchant, attributed_at, id);
