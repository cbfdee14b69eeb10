
do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name${table}$pghistory_name$),
        to_regclass(obj_description('{pgid}()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name${table}$pghistory_name$::regclass;
    end if;

    -- The last five letters are a hash of the model's name. What differs only in them was left behind when the model
    -- got another name, and writes into a table that is no longer there.
    for _trigger in
        select
            tgname
        from
            pg_trigger
        where
            tgrelid = _table
            and tgparentid = 0
            and left(tgname, -5) = left('{pgid}', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

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
