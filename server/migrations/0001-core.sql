-- What is not hot: organizations and what they are allowed. Cached by every process.

create table organizations (
  id text primary key check (id ~ '^org-[0-9a-f]{16}$'),
  -- Goes in front of the keys of everything the organization owns, so that a key tells its owner.
  number integer not null unique generated always as identity,
  role text not null check (role in ('publisher', 'merchant')),
  name text not null check (length(name) between 1 and 255),
  segments_on_at timestamptz,
  -- Grows each time segments are switched on; with partnerships.period it numbers the stretches of
  -- time in which an organization could see a merchant's segments without interruption.
  period integer not null default 0,
  finalization_days integer not null default 30 check (finalization_days between 0 and 3650),
  requests_per_minute integer not null default 60000 check (requests_per_minute >= 0),
  profile jsonb not null default '{}',
  created_at timestamptz not null,
  check (segments_on_at is null or role = 'merchant')
);

create table segments (
  id text primary key check (id ~ '^segment-[0-9a-f]{16}$'),
  merchant integer not null references organizations (number),
  name text not null check (name in ('new', 'active')),
  unique (merchant, name)
);

create table partnerships (
  publisher integer not null references organizations (number),
  merchant integer not null references organizations (number),
  status text not null check (status in ('approved', 'pending', 'available')),
  period integer not null default 0,
  modified_at timestamptz not null,
  primary key (publisher, merchant)
);

create table api_keys (
  id text primary key check (id ~ '^key-[0-9a-f]{16}$'),
  organization integer not null references organizations (number),
  name text not null check (length(name) between 1 and 255),
  hash bytea not null unique check (octet_length(hash) = 32),
  created_at timestamptz not null,
  revoked_at timestamptz
);
create index api_keys_organization on api_keys (organization);

-- One row; grows with every change of the tables above, so that a process sees in one cheap query
-- whether its copy is old, also when a notification was lost.
create table directory_versions (
  id boolean primary key default true check (id),
  version integer not null
);
insert into directory_versions (version) values (1);

-- One row: tells whether the program holds the key that this database was written under.
create table vault_checks (
  id boolean primary key default true check (id),
  check_value bytea not null
);

-- What is hot: keys made by the program, no sequence, trigger or foreign key among these, so that
-- the tables can be distributed. A customer's key begins with its organization's number.

create table customers (
  id uuid primary key,
  -- The sealed identifiers that the customer carries, sorted.
  identities uuid[] not null default '{}',
  -- Known by its orders' identifiers only: the merchant has no id for it, and is told nothing of it.
  is_guest boolean not null default false,
  -- Encrypted: the organization's own id and the identifiers as reported. Empty once erased.
  blob bytea not null default '',
  -- Grows with every change of what was reported; a writer that read an older one starts again.
  version integer not null default 0,
  -- The evidence that a merchant's customer has purchased: its first order that still counts.
  purchase_order uuid,
  purchased_at timestamptz,
  event_sequence integer not null default 0,
  created_at timestamptz,
  modified_at timestamptz,
  erased_at timestamptz,
  check ((purchase_order is null) = (purchased_at is null)),
  check (erased_at is null or (identities = '{}' and blob = '' and purchased_at is null))
) with (fillfactor = 85);

create table identities (
  id uuid primary key,
  holders uuid[] not null default '{}',
  buyers uuid[] not null default '{}'
) with (fillfactor = 70);

create table memberships (
  customer uuid not null,
  id uuid not null,
  merchant integer not null,
  entered_at timestamptz not null,
  entered_by text not null,
  left_at timestamptz,
  left_by text,
  primary key (customer, id),
  check ((left_at is null) = (left_by is null))
);
create unique index memberships_open on memberships (customer, merchant) where left_at is null;

create table orders (
  id uuid primary key,
  button_id text not null check (button_id ~ '^btnorder-[0-9a-f]{16}$'),
  merchant integer not null,
  customer uuid,
  -- Keyed digest of the order as first reported: tells a repeat from a contradiction.
  content bytea not null,
  total bigint not null check (total between 0 and 9007199254740991),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  btn_ref uuid,
  is_test boolean not null,
  blob bytea not null,
  verdict text not null check (verdict in ('new', 'active')),
  evidence jsonb,
  version integer not null default 0,
  purchased_at timestamptz not null,
  finalize_at timestamptz not null,
  created_at timestamptz not null,
  modified_at timestamptz not null,
  deleted_at timestamptz,
  check (verdict = 'new' or evidence is not null)
) with (fillfactor = 90);
create index orders_button_id on orders (button_id);
create index orders_btn_ref on orders (merchant, btn_ref) where btn_ref is not null;
create index orders_customer on orders (customer, created_at)
  where customer is not null;

-- What happened, who wants to hear it, and how far each has heard.

create table events (
  subject uuid not null,
  sequence integer not null check (sequence > 0),
  at timestamptz not null,
  id text not null check (id ~ '^hook-[0-9a-f]{16}$'),
  organization integer not null,
  type text not null,
  merchant integer,
  previous text,
  current text,
  cause text,
  period integer,
  primary key (subject, sequence, at)
) partition by range (at);
create index events_organization on events (organization, at, id);

create table endpoints (
  id text primary key check (id ~ '^endpoint-[0-9a-f]{16}$'),
  number integer not null unique generated always as identity,
  organization integer not null references organizations (number),
  -- Encrypted: URL, description, secrets.
  blob bytea not null,
  paused_at timestamptz,
  paused_reason text check (paused_reason in ('by-hand', 'failures', 'gone')),
  -- Failures from before a resume no longer count towards the next pause.
  resumed_at timestamptz,
  created_at timestamptz not null,
  modified_at timestamptz not null,
  check ((paused_at is null) = (paused_reason is null))
);
create index endpoints_organization on endpoints (organization);

create table subscriptions (
  endpoint integer not null references endpoints (number) on delete cascade,
  event_type text not null,
  since timestamptz not null,
  primary key (endpoint, event_type)
);

create table lanes (
  endpoint integer not null,
  subject uuid not null,
  -- The cursor: events up to `acked` are done with, those up to `tail` are to be sent.
  acked integer not null check (acked >= 0),
  tail integer not null,
  -- When the oldest event ahead of the cursor happened, or earlier: bounds the search for it.
  waiting_since timestamptz,
  -- When a worker may take the lane: while one has it, the end of its lease; null when drained.
  due_at timestamptz,
  token uuid,
  attempt integer not null default 0,
  failing_since timestamptz,
  primary key (endpoint, subject),
  check (acked <= tail),
  check ((due_at is null) = (acked = tail)),
  check ((due_at is null) = (waiting_since is null)),
  check ((attempt = 0) = (failing_since is null))
) with (fillfactor = 70);
create index lanes_due on lanes (endpoint, due_at) where due_at is not null;
create index lanes_failing on lanes (endpoint, failing_since) where attempt > 0;

create table attempts (
  id text not null check (id ~ '^attempt-[0-9a-f]{16}$'),
  endpoint integer not null,
  subject uuid not null,
  sequence integer not null,
  at timestamptz not null,
  number integer not null check (number > 0),
  outcome text not null check (outcome in ('acknowledged', 'refused', 'failed', 'expired')),
  status integer,
  error text,
  duration_ms integer not null check (duration_ms >= 0),
  primary key (endpoint, subject, sequence, number, at)
) partition by range (at);

-- How many events were first attempted in each minute: the whole that failing lanes are a part of.
create table pulses (
  endpoint integer not null,
  minute timestamptz not null,
  first_attempts integer not null,
  primary key (endpoint, minute)
);
