-- What reports are made of: for each organization and day one document of counts, encrypted as content is, and
-- since when each kind is up to date. Everything here is added: a process of the version before goes on working
-- beside it.

create table report_days (
  organization integer not null references organizations (number),
  report text not null check (report in ('segments', 'moves', 'commissions')),
  day date not null,
  -- When counting began. Of two processes that count one day, the one that began later has seen more.
  as_of timestamptz not null,
  -- When the counts change by time alone, as what is pending becomes validated; null where they don't.
  due_at timestamptz,
  counts bytea not null,
  primary key (organization, report, day)
);

create table report_states (
  organization integer not null references organizations (number),
  report text not null check (report in ('segments', 'moves', 'commissions')),
  as_of timestamptz not null,
  -- How long the last count took: what costs more is done less often.
  took_ms integer not null,
  primary key (organization, report)
);
