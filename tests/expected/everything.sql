-- insert_insert
create or replace function pgtrigger_insert_insert_43b74()
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

    insert into "tracked_everythingevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "name",
        "number",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'insert',
        NEW."id",
        NEW."name",
        NEW."number",
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
        to_regclass($pghistory_name$"tracked_everything"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_insert_insert_43b74()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_everything"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_insert_insert_43b74', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_insert_insert_43b74
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_insert_insert_43b74()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_insert_insert_43b74 on ' || _table || ' is ''e340fb8ec06e288b580721cc61b497e82a54d097''';
end
$pghistory_install$;

-- update_update
create or replace function pgtrigger_update_update_3530c()
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

    insert into "tracked_everythingevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "name",
        "number",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'update',
        NEW."id",
        NEW."name",
        NEW."number",
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
        to_regclass($pghistory_name$"tracked_everything"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_update_update_3530c()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_everything"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_update_update_3530c', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_update_update_3530c
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD.* IS DISTINCT FROM NEW.*)
        execute function pgtrigger_update_update_3530c()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_update_update_3530c on ' || _table || ' is ''278c26459f307d5844525878f57390ca284408af''';
end
$pghistory_install$;

-- delete_delete
create or replace function pgtrigger_delete_delete_c97d8()
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

    insert into "tracked_everythingevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "name",
        "number",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'delete',
        OLD."id",
        OLD."name",
        OLD."number",
        OLD."id",
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
        to_regclass($pghistory_name$"tracked_everything"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_delete_delete_c97d8()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_everything"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_delete_delete_c97d8', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_delete_delete_c97d8
        AFTER DELETE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_delete_delete_c97d8()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_delete_delete_c97d8 on ' || _table || ' is ''8018a1a6456508b6efa48380958bb004114fca1b''';
end
$pghistory_install$;
