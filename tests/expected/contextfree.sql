-- insert_insert
create or replace function pgtrigger_insert_insert_e4d95()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if current_setting('pgtrigger.ignore', true) <> '' or current_setting('pghistory.restoring', true) = 'on' then
        -- Apart, so that what is seldom needed is made ready only where it is.
        if
            strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
            or current_setting('pghistory.restoring', true) = 'on'
        then
            return null;
        end if;
    end if;

    insert into "tracked_contextfreeevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "name",
        "pgh_obj_id"
    )
    values (
        NOW(),
        'insert',
        NEW."id",
        NEW."name",
        NEW."id"
    );

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_contextfree"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_insert_insert_e4d95()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_contextfree"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_insert_insert_e4d95', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_insert_insert_e4d95
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_insert_insert_e4d95()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_insert_insert_e4d95 on ' || _table || ' is ''969147f2ff24206739286e667e5acee697fa43c3''';
end
$pghistory_install$;

-- update_update
create or replace function pgtrigger_update_update_66cc8()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if current_setting('pgtrigger.ignore', true) <> '' or current_setting('pghistory.restoring', true) = 'on' then
        -- Apart, so that what is seldom needed is made ready only where it is.
        if
            strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
            or current_setting('pghistory.restoring', true) = 'on'
        then
            return null;
        end if;
    end if;

    if not (OLD.* IS DISTINCT FROM NEW.*) then
        return null;
    end if;
    
    insert into "tracked_contextfreeevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "name",
        "pgh_obj_id"
    )
    values (
        NOW(),
        'update',
        NEW."id",
        NEW."name",
        NEW."id"
    );

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_contextfree"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_update_update_66cc8()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_contextfree"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_update_update_66cc8', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_update_update_66cc8
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_update_update_66cc8()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_update_update_66cc8 on ' || _table || ' is ''52259186ffa59cec51f2bc72dec23a585561145a''';
end
$pghistory_install$;
