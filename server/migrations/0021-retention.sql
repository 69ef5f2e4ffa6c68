-- Organizations that forget customers without a sign of life. Everything here is added: a process of the version
-- before goes on working beside it.

alter table organizations
  -- After so many days without a sign of life a customer is erased; null: never.
  add column retention_days integer check (retention_days between 1 and 3650),
  -- Since when signs of life are counted, without an interruption: nobody is forgotten sooner than
  -- `retention_days` after it.
  add column retention_since timestamptz,
  add constraint organizations_retention
    check ((retention_days is null) = (retention_since is null));

-- The last sign of life of a customer that leaves no other trace: a report that changed nothing, or a look at
-- offers. Written in sets, a moment after the call; by the day, so that it is written once a day at most.
create table last_signs (
  customer uuid primary key,
  day date not null
);

-- When an organization's customers were last looked through, so that it is done once a day by one process.
create table retention_runs (
  organization integer primary key,
  ran_at timestamptz not null
);
