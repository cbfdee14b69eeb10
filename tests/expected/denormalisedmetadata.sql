-- insert_insert
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_insert_insert_f2557()
returns trigger
language plpgsql
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

    insert into pghistory_bound."tracked_denormalisedmetadataevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "name",
        "pgh_obj_id",
        "pgh_context"
    )
    values (
        NOW(),
        'insert',
        NEW."id",
        NEW."name",
        NEW."id",
        nullif(current_setting('pghistory.context_metadata', true), '')::jsonb
    );

    return null;
end
$pghistory$
    $pghistory_text$;
    _name text;
    _schema text;
begin
    -- Names are bound to what they mean now, wherever a session looks: to set search_path took a sixth of the time of a
    -- row's trigger. What is not there yet is left to each session to find.
    for _name, _schema in
        select
            marked[1],
            coalesce(relnamespace, pronamespace)::regnamespace
        from
            regexp_matches(_text, 'pghistory_bound\.("(?:[^"]|"")+")', 'g') as marked
            left join pg_class on pg_class.oid = to_regclass(marked[1])
            left join pg_proc on pg_proc.oid = to_regproc(marked[1])
    loop
        _text := replace(_text, 'pghistory_bound.' || _name, concat(_schema || '.', _name));
    end loop;

    execute _text;
end
$pghistory_function$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_denormalisedmetadata"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_insert_insert_f2557()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_denormalisedmetadata"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_insert_insert_f2557', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_insert_insert_f2557
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_insert_insert_f2557()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_insert_insert_f2557 on ' || _table || ' is ''e45d08004c206e4d1680894f1c3a1fee9bfa565c''';
end
$pghistory_install$;

-- update_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_update_update_fd6c8()
returns trigger
language plpgsql
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
    
    insert into pghistory_bound."tracked_denormalisedmetadataevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "name",
        "pgh_obj_id",
        "pgh_context"
    )
    values (
        NOW(),
        'update',
        NEW."id",
        NEW."name",
        NEW."id",
        nullif(current_setting('pghistory.context_metadata', true), '')::jsonb
    );

    return null;
end
$pghistory$
    $pghistory_text$;
    _name text;
    _schema text;
begin
    -- Names are bound to what they mean now, wherever a session looks: to set search_path took a sixth of the time of a
    -- row's trigger. What is not there yet is left to each session to find.
    for _name, _schema in
        select
            marked[1],
            coalesce(relnamespace, pronamespace)::regnamespace
        from
            regexp_matches(_text, 'pghistory_bound\.("(?:[^"]|"")+")', 'g') as marked
            left join pg_class on pg_class.oid = to_regclass(marked[1])
            left join pg_proc on pg_proc.oid = to_regproc(marked[1])
    loop
        _text := replace(_text, 'pghistory_bound.' || _name, concat(_schema || '.', _name));
    end loop;

    execute _text;
end
$pghistory_function$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_denormalisedmetadata"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_update_update_fd6c8()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_denormalisedmetadata"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_update_update_fd6c8', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_update_update_fd6c8
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_update_update_fd6c8()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_update_update_fd6c8 on ' || _table || ' is ''2b75b3c75aa570b10dd303deea017230e365974f''';
end
$pghistory_install$;
