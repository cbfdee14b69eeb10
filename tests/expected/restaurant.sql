-- insert_insert
create or replace function pgtrigger_insert_insert_4ed39()
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

    insert into "tracked_restaurantevent" (
        "place_ptr_id",
        "pgh_created_at",
        "pgh_label",
        "stars",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NEW."place_ptr_id",
        NOW(),
        'insert',
        NEW."stars",
        NEW."place_ptr_id",
        case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end
    );

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_restaurant"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_insert_insert_4ed39()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_restaurant"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_insert_insert_4ed39', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_insert_insert_4ed39
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_insert_insert_4ed39()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_insert_insert_4ed39 on ' || _table || ' is ''1b697e29734b7f33b8171a6e64c8e56046a32614''';
end
$pghistory_install$;

-- update_update
create or replace function pgtrigger_update_update_360d2()
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

    insert into "tracked_restaurantevent" (
        "place_ptr_id",
        "pgh_created_at",
        "pgh_label",
        "stars",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NEW."place_ptr_id",
        NOW(),
        'update',
        NEW."stars",
        NEW."place_ptr_id",
        case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end
    );

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_restaurant"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_update_update_360d2()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_restaurant"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_update_update_360d2', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_update_update_360d2
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."place_ptr_id" IS DISTINCT FROM (NEW."place_ptr_id") OR OLD."stars" IS DISTINCT FROM (NEW."stars"))
        execute function pgtrigger_update_update_360d2()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_update_update_360d2 on ' || _table || ' is ''8d5a080d6e040463ff2954314f1d14531863e9e6''';
end
$pghistory_install$;

-- delete_delete
create or replace function pgtrigger_delete_delete_487a9()
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

    insert into "tracked_restaurantevent" (
        "place_ptr_id",
        "pgh_created_at",
        "pgh_label",
        "stars",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        OLD."place_ptr_id",
        NOW(),
        'delete',
        OLD."stars",
        OLD."place_ptr_id",
        case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end
    );

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_restaurant"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_delete_delete_487a9()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_restaurant"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_delete_delete_487a9', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_delete_delete_487a9
        AFTER DELETE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_delete_delete_487a9()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_delete_delete_487a9 on ' || _table || ' is ''b1d20f4161f587fe246e52c71fdaf215459dec7d''';
end
$pghistory_install$;
