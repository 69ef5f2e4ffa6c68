-- Operators who look at an organization's pages for half an hour, to read and for a reason. Everything here is
-- added: a process of the version before goes on working beside it, and lets nobody look.

alter table organizations
  -- Whether operators may; the organization's own choice.
  add column operator_may_look boolean not null default true;

create table looks (
  id text primary key check (id ~ '^look-[0-9a-f]{16}$'),
  organization integer not null references organizations (number),
  -- Whose sign-out, or loss of the account, ends it too.
  session text not null references sessions (id) on delete cascade,
  -- As the organization is told it.
  reason text not null check (length(reason) between 1 and 500),
  begun_at timestamptz not null,
  ends_at timestamptz not null,
  unique (session, organization)
);
create index looks_organization on looks (organization);
