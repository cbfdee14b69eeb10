-- it_s_100_new_insert
create or replace function pgtrigger_it_s_100_new_insert_91951()
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

    insert into "tracked_oddevent" (
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

    execute 'comment on trigger pgtrigger_it_s_100_new_insert_91951 on ' || _table || ' is ''a4323f31479f9aba7fa75992f06c178797b7680e''';
end
$pghistory_install$;

-- _odd_s_update
create or replace function pgtrigger__odd_s_update_7d2b9()
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

    if not (OLD.* IS DISTINCT FROM NEW.*) then
        return null;
    end if;
    
    insert into "tracked_oddevent" (
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

    execute 'comment on trigger pgtrigger__odd_s_update_7d2b9 on ' || _table || ' is ''ad1051788c0b043e3ee7706d6655ee2a9f7ebfe1''';
end
$pghistory_install$;
