-- it_s_100_new_insert
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_it_s_100_new_insert_91951()
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

    insert into pghistory_bound."tracked_oddevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "We ird",
        "Ord-er",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        E'it''s 100% \\new',
        NEW."id",
        NEW."We ird",
        NEW."Ord-er",
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
        to_regclass($pghistory_name$"Odd Table"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_it_s_100_new_insert_91951()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"Odd Table"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_it_s_100_new_insert_91951', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_it_s_100_new_insert_91951
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_it_s_100_new_insert_91951()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_it_s_100_new_insert_91951 on ' || _table || ' is ''5054f3894a7bee78b4b220b8217c5b860d989066''';
end
$pghistory_install$;

-- _odd_s_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger__odd_s_update_7d2b9()
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
    
    insert into pghistory_bound."tracked_oddevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "We ird",
        "Ord-er",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        '{"odd"} %s',
        NEW."id",
        NEW."We ird",
        NEW."Ord-er",
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
        to_regclass($pghistory_name$"Odd Table"$pghistory_name$),
        to_regclass(obj_description('pgtrigger__odd_s_update_7d2b9()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"Odd Table"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger__odd_s_update_7d2b9', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger__odd_s_update_7d2b9
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger__odd_s_update_7d2b9()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger__odd_s_update_7d2b9 on ' || _table || ' is ''60747d99ab650c002e82e00f69484fe7990880b0''';
end
$pghistory_install$;
