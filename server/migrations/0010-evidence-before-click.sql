-- Since when the network knew what an order is judged by: of an order that came from a click, only what was
-- known before the click counts. Everything here is added: a process of the version before goes on working
-- beside it, and judges its orders as it did.

alter table organizations
  -- Which evidence counts for an order that came from a click.
  add column evidence_policy text not null default 'before_click'
    check (evidence_policy in ('before_click', 'any_time'));

alter table customers
  -- Since when the customer carries identities that it did not have from its first report on, by identity;
  -- null where it has none.
  add column late_identities jsonb;

alter table orders
  -- Since when the order counts for the customer that it is of now; null: since it was accepted.
  add column counted_at timestamptz,
  add column evidence_policy text check (evidence_policy in ('before_click', 'any_time')),
  -- The click that the verdict goes by.
  add column clicked_at timestamptz,
  -- What was known only after the click, and so did not count.
  add column later_evidence jsonb,
  -- Since when the oldest of all evidence was known, whether it counted or not.
  add column known_since timestamptz;
create index orders_counted on orders (customer, counted_at) where counted_at is not null;
-- Whose purchase a publisher's order was judged by, for when it is withdrawn.
create index orders_evidence_buyer on orders ((evidence ->> 'buyer'))
  where transaction is not null and evidence ->> 'buyer' is not null;
create index orders_later_evidence_buyer on orders ((later_evidence ->> 'buyer'))
  where transaction is not null and later_evidence is not null;

-- Evidence that was cancelled, undone or taken back after an order had been judged by it, or beside it.
-- One an order: the first.
create table evidence_withdrawals (
  order_key uuid primary key,
  merchant integer not null,
  publisher integer not null,
  transaction uuid not null,
  -- Whether the verdict rests on it; else it was known only after the click.
  counted boolean not null,
  cause text not null check (cause in ('order', 'order-deleted', 'import', 'customer', 'erasure')),
  at timestamptz not null
);
create index evidence_withdrawals_merchant on evidence_withdrawals (merchant, at, order_key);
create index evidence_withdrawals_publisher on evidence_withdrawals (publisher, at, order_key);
