-- permission_add_insert_c90090
create or replace function pgtrigger_permission_add_insert_c90090_03199()
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

    insert into "tracked_grouppermissionsevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "group_id",
        "permission_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'permission.add',
        NEW."id",
        NEW."group_id",
        NEW."permission_id",
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
        to_regclass($pghistory_name$"auth_group_permissions"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_permission_add_insert_c90090_03199()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"auth_group_permissions"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_permission_add_insert_c90090_03199', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_permission_add_insert_c90090_03199
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_permission_add_insert_c90090_03199()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_permission_add_insert_c90090_03199 on ' || _table || ' is ''924a3d6d02ef8ec1c2914228829bd7ed7e872997''';
end
$pghistory_install$;

-- permission_remove_delete_565108
create or replace function pgtrigger_permission_remove_delete_565108_aec99()
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

    insert into "tracked_grouppermissionsevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "group_id",
        "permission_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'permission.remove',
        OLD."id",
        OLD."group_id",
        OLD."permission_id",
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
        to_regclass($pghistory_name$"auth_group_permissions"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_permission_remove_delete_565108_aec99()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"auth_group_permissions"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_permission_remove_delete_565108_aec99', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_permission_remove_delete_565108_aec99
        AFTER DELETE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_permission_remove_delete_565108_aec99()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_permission_remove_delete_565108_aec99 on ' || _table || ' is ''92fe7ade496f114ddc6534faef1b4b38dcc24711''';
end
$pghistory_install$;
