-- A replacement that takes much away has to be confirmed, and its undo gives back what it took. Everything
-- here is added: a process of the version before goes on working beside it, but starts replacements
-- unconfirmed and keeps nothing of what they take.

alter table imports
  -- How many customers would lose something, as whoever started the import says it.
  add column confirmed bigint,
  -- Whether what it takes away was counted after its start, and may be taken.
  add column is_cleared boolean not null default false,
  -- Customers that got back what it had taken.
  add column restored bigint not null default 0,
  -- The next replacement of the organization: what this one took stays taken while that one holds.
  add column replaced_by uuid;

alter table import_batch_results
  -- Customers that a replacement took out of `customers`. An undo puts them back.
  add column swept uuid[] not null default '{}';
create index import_batch_results_swept on import_batch_results (import) where swept <> '{}';

-- What a replacement took from a customer: its row as it was, encrypted as it was, until the replacement can't
-- be undone any more.
create table import_removals (
  -- Whose undo gives it back: the replacement, or a later one that holds in its place.
  import uuid not null,
  -- The replacement that took it.
  taken_by uuid not null,
  customer uuid not null,
  blob bytea not null,
  -- When the customer was created.
  created_at timestamptz not null,
  -- A call has replaced the customer's identifiers since: those that were taken do not come back.
  is_overruled boolean not null default false,
  primary key (import, customer, taken_by)
);
create index import_removals_customer on import_removals (customer);
alter table import_removals alter column blob set storage external;
