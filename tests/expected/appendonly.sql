-- insert_insert
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_insert_insert_f8c59()
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

    insert into pghistory_bound."tracked_appendonlyevent" (
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
        case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then pghistory_bound."_pgh_attach_context"()
        end
    );

    return null;
end
$pghistory$
    $pghistory_text$;
    _name text;
begin
    -- Names are bound to what they mean now, wherever a session looks: to set search_path for each row would take longer
    -- than the rest of the function. What is not there yet is looked for by each session.
    for _name in
        select
            (regexp_matches(_text, 'pghistory_bound\.("(?:[^"]|"")+")', 'g'))[1]
    loop
        _text := replace(
            _text,
            'pghistory_bound.' || _name,
            coalesce(
                (
                    select
                        relnamespace::regnamespace::text || '.'
                    from
                        pg_class
                    where
                        oid = to_regclass(_name)
                ),
                (
                    select
                        pronamespace::regnamespace::text || '.'
                    from
                        pg_proc
                    where
                        oid = to_regproc(_name)
                ),
                ''
            ) || _name
        );
    end loop;

    execute _text;
end
$pghistory_function$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_appendonly"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_insert_insert_f8c59()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_appendonly"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_insert_insert_f8c59', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_insert_insert_f8c59
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_insert_insert_f8c59()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_insert_insert_f8c59 on ' || _table || ' is ''226b499250c1b8292f17f14e166eef6455f3810c''';
end
$pghistory_install$;

-- update_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_update_update_232f2()
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
    
    insert into pghistory_bound."tracked_appendonlyevent" (
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
        case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then pghistory_bound."_pgh_attach_context"()
        end
    );

    return null;
end
$pghistory$
    $pghistory_text$;
    _name text;
begin
    -- Names are bound to what they mean now, wherever a session looks: to set search_path for each row would take longer
    -- than the rest of the function. What is not there yet is looked for by each session.
    for _name in
        select
            (regexp_matches(_text, 'pghistory_bound\.("(?:[^"]|"")+")', 'g'))[1]
    loop
        _text := replace(
            _text,
            'pghistory_bound.' || _name,
            coalesce(
                (
                    select
                        relnamespace::regnamespace::text || '.'
                    from
                        pg_class
                    where
                        oid = to_regclass(_name)
                ),
                (
                    select
                        pronamespace::regnamespace::text || '.'
                    from
                        pg_proc
                    where
                        oid = to_regproc(_name)
                ),
                ''
            ) || _name
        );
    end loop;

    execute _text;
end
$pghistory_function$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_appendonly"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_update_update_232f2()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_appendonly"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_update_update_232f2', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_update_update_232f2
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_update_update_232f2()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_update_update_232f2 on ' || _table || ' is ''42813cf8bb6d161e1ec8578c5e1ebad48f4129be''';
end
$pghistory_install$;
