-- insert_insert
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_insert_insert_bcffa()
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

    insert into pghistory_bound."tracked_charkeyevent" (
        "pgh_created_at",
        "pgh_label",
        "the_code",
        "name",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'insert',
        NEW."the_code",
        NEW."name",
        NEW."the_code",
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
        to_regclass($pghistory_name$"tracked_charkey"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_insert_insert_bcffa()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_charkey"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_insert_insert_bcffa', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_insert_insert_bcffa
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_insert_insert_bcffa()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_insert_insert_bcffa on ' || _table || ' is ''c0e2e8cab3e08c5d3818c6f2186c34e028c25355''';
end
$pghistory_install$;

-- update_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_update_update_711c1()
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
    
    insert into pghistory_bound."tracked_charkeyevent" (
        "pgh_created_at",
        "pgh_label",
        "the_code",
        "name",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'update',
        NEW."the_code",
        NEW."name",
        NEW."the_code",
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
        to_regclass($pghistory_name$"tracked_charkey"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_update_update_711c1()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_charkey"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_update_update_711c1', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_update_update_711c1
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_update_update_711c1()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_update_update_711c1 on ' || _table || ' is ''0737ee84826b3ee41c3712a082785eb57645c369''';
end
$pghistory_install$;

-- delete_delete
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_delete_delete_2f41e()
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

    insert into pghistory_bound."tracked_charkeyevent" (
        "pgh_created_at",
        "pgh_label",
        "the_code",
        "name",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'delete',
        OLD."the_code",
        OLD."name",
        OLD."the_code",
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
        to_regclass($pghistory_name$"tracked_charkey"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_delete_delete_2f41e()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_charkey"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_delete_delete_2f41e', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_delete_delete_2f41e
        AFTER DELETE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_delete_delete_2f41e()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_delete_delete_2f41e on ' || _table || ' is ''8738b4cd2e4171d223210b887a05074ef692782d''';
end
$pghistory_install$;
