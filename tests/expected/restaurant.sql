-- insert_insert
create or replace function pgtrigger_insert_insert_4ed39()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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

    execute 'comment on trigger pgtrigger_insert_insert_4ed39 on ' || _table || ' is ''9e9e04ade2ca793bcfca43c3e851afacfaf9f31c''';
end
$pghistory_install$;

-- update_update
create or replace function pgtrigger_update_update_360d2()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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

    execute 'comment on trigger pgtrigger_update_update_360d2 on ' || _table || ' is ''7b21882138f6b3b62b0100bfef1205325a205268''';
end
$pghistory_install$;

-- delete_delete
create or replace function pgtrigger_delete_delete_487a9()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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

    execute 'comment on trigger pgtrigger_delete_delete_487a9 on ' || _table || ' is ''3462cb71802c602539e05a49c2f58f509d185e07''';
end
$pghistory_install$;
