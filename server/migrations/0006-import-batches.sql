-- A thousand rows of a file are a batch, and what came of writing them is its batch result: the tables and
-- columns said "part" and "chunk". Names only; stop older versions first, which know the old ones.

alter table import_parts rename to import_batches;
alter table import_chunks rename to import_batch_results;
alter table imports rename column parts to batches;
alter table imports rename column written to written_batches;
alter table imports rename column swept_chunk to swept_batch;

-- The constraints, and with the primary keys their indexes. Looked up, because from PostgreSQL 18 on a
-- "not null" is one of them.
do $$
declare
  named record;
begin
  for named in
    select conrelid::regclass as place, conname as old_name,
      replace(replace(replace(conname, 'import_parts', 'import_batches'),
        'import_chunks', 'import_batch_results'), 'imports_swept_chunk', 'imports_swept_batch') as new_name
    from pg_constraint
    where conrelid in (
      'imports'::regclass, 'import_batches'::regclass, 'import_batch_results'::regclass)
  loop
    if named.old_name = 'imports_parts_not_null' then
      named.new_name := 'imports_batches_not_null';
    elsif named.old_name = 'imports_written_not_null' then
      named.new_name := 'imports_written_batches_not_null';
    end if;
    if named.new_name <> named.old_name then
      execute format('alter table %s rename constraint %I to %I',
        named.place, named.old_name, named.new_name);
    end if;
  end loop;
end
$$;
