
do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table text := coalesce(
        to_regclass($pghistory_name${table}$pghistory_name$)::text,
        to_regclass(obj_description('{pgid}()'::regprocedure, 'pg_proc'))::text,
        $pghistory_name${table}$pghistory_name$
    );
begin
    execute 'drop trigger if exists {pgid} on ' || _table;

    execute $pghistory_text$
        create trigger {pgid}
        {when} {operation} on $pghistory_text$ || _table || $pghistory_text$
        {referencing}
        for each {level}
        {condition}
        execute function {execute}
    $pghistory_text$;

    execute 'comment on trigger {pgid} on ' || _table || ' is ''{hash}''';
end
$pghistory_install$;
