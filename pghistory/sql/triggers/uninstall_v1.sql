-- The trigger is found by its own name: the table's may have changed since. Where it was is noted on its function, for a
-- migration that puts it back before it gives the table its old name back.
do $pghistory_uninstall$
declare
    _table text;
begin
    for _table in
        select
            tgrelid::regclass
        from
            pg_trigger
        where
            tgname = '{pgid}'
            and tgparentid = 0
            and (pg_table_is_visible(tgrelid) or tgrelid = to_regclass($pghistory_name${table}$pghistory_name$))
    loop
        execute 'comment on function {pgid}() is ' || quote_literal(_table);
        execute 'drop trigger {pgid} on ' || _table;
    end loop;
end
$pghistory_uninstall$;
