-- Publishers ask merchants to work with them, and merchants answer where the operator lets them. Everything here is
-- added: a process of the version before goes on working beside it.

alter table organizations
  -- Whether a merchant answers the publishers that ask; else only the operator does.
  add column answers_publishers boolean not null default false
    check (not answers_publishers or role = 'merchant');

alter table partnerships
  -- When it last became available again, by a no or by its end: the publisher cannot ask at once. Null: never, or
  -- it was asked for or approved since.
  add column declined_at timestamptz;
