-- The columns of a table that one of its constraints or unique indexes is about.
select
    pg_attribute.attname
from
    pg_class
    join pg_index on pg_index.indexrelid = pg_class.oid
    join pg_attribute on
        pg_attribute.attrelid = pg_index.indrelid
        and pg_attribute.attnum = any(pg_index.indkey)
where
    pg_index.indrelid = to_regclass(%(table)s)
    and pg_class.relname = %(constraint)s
union
select
    pg_attribute.attname
from
    pg_constraint
    join pg_attribute on
        pg_attribute.attrelid = pg_constraint.conrelid
        and pg_attribute.attnum = any(pg_constraint.conkey)
where
    pg_constraint.conrelid = to_regclass(%(table)s)
    and pg_constraint.conname = %(constraint)s
