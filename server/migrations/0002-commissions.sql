-- What orders pay, to whom, and why. Everything here is added: a process of the version before goes
-- on working beside it.

alter table organizations
  -- Who decides an order's segment where the merchant says whether its customer is new.
  add column verdict_policy text not null default 'network'
    check (verdict_policy in ('network', 'merchant', 'both_must_agree'));

alter table partnerships
  -- How long after a click an order still comes from it.
  add column attribution_days integer not null default 30 check (attribution_days between 1 and 365);

-- Not hot. A host belongs to one merchant; clicks are sent to registered hosts only.
create table link_hosts (
  host text primary key check (host = lower(host) and length(host) between 1 and 253),
  merchant integer not null references organizations (number),
  created_at timestamptz not null
);
create index link_hosts_merchant on link_hosts (merchant);

-- A card is for one publisher, or for all. Never edited: each change is a version.
create table rate_cards (
  id text primary key check (id ~ '^ratecard-[0-9a-f]{16}$'),
  merchant integer not null references organizations (number),
  publisher integer references organizations (number),
  name text not null check (length(name) between 1 and 255),
  created_at timestamptz not null
);
create index rate_cards_merchant on rate_cards (merchant);

-- In force from its start until its end or the start of the next version.
create table rate_card_versions (
  card text not null references rate_cards (id),
  version integer not null check (version > 0),
  start_at timestamptz not null,
  end_at timestamptz check (end_at >= start_at),
  rates jsonb not null,
  created_at timestamptz not null,
  primary key (card, version)
);

-- One row; grows with every change of rate cards, as directory_versions does for organizations.
create table catalog_versions (
  id boolean primary key default true check (id),
  version integer not null
);
insert into catalog_versions (version) values (1);

-- From here on hot: keys made by the program, no sequence, trigger or foreign key among these.

alter table orders
  -- What the order is paid as; null where the verdict alone decided.
  add column segment text check (segment in ('new', 'active')),
  add column policy text not null default 'network'
    check (policy in ('network', 'merchant', 'both_must_agree')),
  -- What the merchant said of its customer: whether it was new.
  add column claim boolean,
  -- How much was known when the verdict was taken.
  add column known jsonb,
  -- A promise that the order came with, and whether it was kept.
  add column quote jsonb,
  -- What it owes a publisher.
  add column transaction uuid;
create index orders_conflicts on orders (merchant, created_at, id)
  where claim is not null and claim <> (verdict = 'new') and not is_test;

-- The key is made from the merchant and the token, as orders.btn_ref is.
create table clicks (
  id uuid primary key,
  publisher integer not null,
  merchant integer not null,
  -- The publisher's customer who clicked.
  customer uuid,
  -- Encrypted: the token, the publisher's own id and reference, the quote.
  blob bytea not null,
  at timestamptz not null
);
create index clicks_customer on clicks (customer) where customer is not null;
-- Rows come in order of time: enough to find those that are old, at almost no cost to those that come.
create index clicks_at on clicks using brin (at);

create table transactions (
  id uuid primary key,
  publisher integer not null,
  merchant integer not null,
  order_key uuid not null,
  -- The publisher's customer who clicked.
  customer uuid,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  country text check (country ~ '^[A-Z]{2}$'),
  -- Null where the merchant tells no segments: its default rates were paid.
  segment text check (segment in ('new', 'active')),
  -- The version that was in force at the purchase; null where none was.
  rate_card text,
  rate_version integer,
  amount bigint not null check (amount between 0 and 9007199254740991),
  -- One a line of the order, in its order; of the whole order where it has no lines. They add up to
  -- the amount.
  commissions bigint[] not null,
  -- Encrypted: the token, the publisher's own id of its customer and its reference.
  blob bytea not null,
  attributed_at timestamptz not null,
  finalize_at timestamptz not null,
  -- When the publisher was told; it is validated from finalize_at on.
  validated_at timestamptz,
  declined_at timestamptz,
  created_at timestamptz not null,
  modified_at timestamptz not null,
  entries integer not null default 0,
  event_sequence integer not null default 0,
  version integer not null default 0,
  check ((rate_card is null) = (rate_version is null)),
  check (validated_at is null or declined_at is null),
  check (declined_at is null or amount = 0)
) with (fillfactor = 85);
create index transactions_created on transactions (publisher, created_at, id);
create index transactions_modified on transactions (publisher, modified_at, id);
create index transactions_attributed on transactions (publisher, attributed_at, id);
create index transactions_account on transactions (publisher, currency, created_at, id);
create index transactions_customer on transactions (customer) where customer is not null;
create index transactions_pending on transactions (finalize_at)
  where validated_at is null and declined_at is null;

-- Every change of an amount; the entries of a transaction add up to it.
create table ledger_entries (
  transaction uuid not null,
  number integer not null check (number > 0),
  amount bigint not null,
  cause text not null check (cause in ('order', 'order-updated', 'order-deleted')),
  at timestamptz not null,
  primary key (transaction, number)
);

-- A publisher has one account a currency in which it was ever owed something.
create table accounts (
  publisher integer not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz not null,
  primary key (publisher, currency)
);

-- A quote is kept for one order.
create table quote_uses (
  id uuid primary key,
  order_key uuid not null,
  at timestamptz not null
);

-- What a transaction was when the event happened, encrypted.
alter table events add column blob bytea;
