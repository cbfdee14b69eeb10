-- insert_insert
create or replace function pgtrigger_insert_insert_06385()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_watchedevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "name",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'insert',
        NEW."id",
        NEW."name",
        NEW."id",
        _pgh_attach_context()
    );

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_watched"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_insert_insert_06385()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_watched"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_insert_insert_06385', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_insert_insert_06385
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_insert_insert_06385()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_insert_insert_06385 on ' || _table || ' is ''b00f24047c050eb9c5c89cf6a6e25dc4ed490e65''';
end
$pghistory_install$;

-- update_update
create or replace function pgtrigger_update_update_a957b()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_watchedevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "name",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'update',
        NEW."id",
        NEW."name",
        NEW."id",
        _pgh_attach_context()
    );

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_watched"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_update_update_a957b()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_watched"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_update_update_a957b', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_update_update_a957b
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD.* IS DISTINCT FROM NEW.*)
        execute function pgtrigger_update_update_a957b()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_update_update_a957b on ' || _table || ' is ''1dd2e43ca5ef0fd6cc7bb5f8c51352f66c716c43''';
end
$pghistory_install$;
