-- Imports of files: what they are, what they gave to whom, and what of them could not be taken. Run only
-- this version and later ones once the first import has run: an older one takes a customer that an
-- import told of as having purchased for one that has not.

alter table customers
  -- The imports whose word counts for the customer, by key.
  add column imports uuid[] not null default '{}',
  -- The import that is the evidence of the purchase, where no order is.
  add column purchase_import uuid,
  -- The last file with mode `replace` that names the customer in a row that was rejected.
  add column named_in uuid,
  drop constraint customers_check,
  drop constraint customers_check1,
  add constraint customers_purchase
    check (num_nonnulls(purchase_order, purchase_import) = num_nonnulls(purchased_at)),
  add constraint customers_erased check (
    erased_at is null
    or (identities = '{}' and blob = '' and purchased_at is null and imports = '{}'));

-- Not hot: one row a file.
create table imports (
  -- Made from the organization and the public id.
  key uuid primary key,
  organization integer not null references organizations (number),
  state text not null check (state in ('receiving', 'checking', 'ready', 'waiting', 'running',
    'finished', 'refused', 'cancelled', 'undoing', 'undone')),
  -- What a merchant's rows are; null for a publisher.
  kind text check (kind in ('purchasers', 'accounts')),
  mode text not null check (mode in ('merge', 'replace')),
  quiet boolean not null,
  starts_at_once boolean not null,
  -- Sealed: what a repeat of the call that made the import says it is.
  repeat_key uuid,
  -- Encrypted: how far the file was read, what was found in it, and its header.
  blob bytea,
  -- How much of the file is kept: bytes of it uncompressed, its rows, and the parts they are in.
  received_bytes bigint not null default 0 check (received_bytes >= 0),
  total_rows bigint not null default 0,
  parts integer not null default 0,
  preview jsonb,
  -- How far the import is: parts written, rows in them, and what became of these.
  written integer not null default 0,
  rows bigint not null default 0,
  created bigint not null default 0,
  updated bigint not null default 0,
  unchanged bigint not null default 0,
  rejected bigint not null default 0,
  rows_per_second real,
  -- Of the sweep at the end of a replacement, and of an undo: which chunk comes next, and how many
  -- customers had something taken back.
  swept_import uuid,
  swept_chunk integer not null default 0,
  removed bigint not null default 0,
  undone bigint not null default 0,
  error jsonb,
  -- Who works on it, and until when nobody else does.
  token uuid,
  lease_until timestamptz,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  modified_at timestamptz not null,
  check (created + updated + unchanged + rejected = rows),
  check (written <= parts and rows <= total_rows)
);
create index imports_organization on imports (organization, created_at, key);
create unique index imports_repeat on imports (organization, repeat_key)
  where repeat_key is not null and state in ('receiving', 'checking', 'ready', 'waiting', 'running');
-- One at a time for an organization.
create unique index imports_one_running on imports (organization) where state in ('running', 'undoing');
create index imports_at_work on imports (state, created_at)
  where state in ('receiving', 'checking', 'ready', 'waiting', 'running', 'undoing');

-- The rows of a file that are still to be written, encrypted, as many a part as go into one tx. Deleted
-- when the import ends.
create table import_parts (
  import uuid not null,
  number integer not null check (number >= 0),
  rows integer not null check (rows >= 0),
  rejected integer not null check (rejected between 0 and rows),
  blob bytea not null,
  primary key (import, number)
);
-- Compressed already.
alter table import_parts alter column blob set storage external;

-- The rows of a part that were rejected, encrypted, with the reasons.
create table import_rejects (
  import uuid not null,
  number integer not null,
  -- 0: found when the file was read; 1: when the part was written.
  step integer not null check (step in (0, 1)),
  blob bytea not null,
  primary key (import, number, step)
);
alter table import_rejects alter column blob set storage external;

-- What was written in one tx, in place of its part: the customers that the import then gave something.
create table import_chunks (
  import uuid not null,
  number integer not null,
  rows integer not null,
  created integer not null,
  updated integer not null,
  unchanged integer not null,
  rejected integer not null,
  customers uuid[] not null,
  at timestamptz not null,
  primary key (import, number),
  check (created + updated + unchanged + rejected = rows)
);
