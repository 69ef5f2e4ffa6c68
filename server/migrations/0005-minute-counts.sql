-- The counters of an endpoint's minutes get the name that the program has for them.
alter table pulses rename to minute_counts;

-- Constraints and their indexes keep the table's old name, and which of them have one depends on the version
-- of PostgreSQL: from 18 on, so do the constraints that forbid null.
do $$
declare
  name text;
begin
  for name in
    select conname from pg_constraint
    where conrelid = 'minute_counts'::regclass and conname like 'pulses\_%'
  loop
    execute format('alter table minute_counts rename constraint %I to %I',
      name, 'minute_counts' || substr(name, length('pulses') + 1));
  end loop;
end
$$;
