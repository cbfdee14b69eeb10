-- insert_insert
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_insert_insert_e4d95()
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

    insert into pghistory_bound."tracked_contextfreeevent" (
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

    execute 'comment on trigger pgtrigger_insert_insert_e4d95 on ' || _table || ' is ''3e6d886c46b6e01d3b35640f7529bb787c2a910b''';
end
$pghistory_install$;

-- update_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_update_update_66cc8()
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
    
    insert into pghistory_bound."tracked_contextfreeevent" (
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

    execute 'comment on trigger pgtrigger_update_update_66cc8 on ' || _table || ' is ''0cd23bed2efe44b3f6ce7d3f49f65c39ba4c90f1''';
end
$pghistory_install$;
