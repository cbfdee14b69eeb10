-- it_s_100_new_insert_3bb5b4
create or replace function pgtrigger_it_s_100_new_insert_3bb5b4_2561b()
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
        to_regclass($pghistory_name$"Odd Table"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_it_s_100_new_insert_3bb5b4_2561b()'::regprocedure, 'pg_proc'))
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
            and left(tgname, -5) = left('pgtrigger_it_s_100_new_insert_3bb5b4_2561b', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_it_s_100_new_insert_3bb5b4_2561b
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_it_s_100_new_insert_3bb5b4_2561b()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_it_s_100_new_insert_3bb5b4_2561b on ' || _table || ' is ''00071221bf27387264ef5d0642dce9964b42d0fa''';
end
$pghistory_install$;

-- _odd_s_update_e59ead
create or replace function pgtrigger__odd_s_update_e59ead_a4af8()
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
        to_regclass($pghistory_name$"Odd Table"$pghistory_name$),
        to_regclass(obj_description('pgtrigger__odd_s_update_e59ead_a4af8()'::regprocedure, 'pg_proc'))
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
            and left(tgname, -5) = left('pgtrigger__odd_s_update_e59ead_a4af8', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger__odd_s_update_e59ead_a4af8
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD.* IS DISTINCT FROM NEW.*)
        execute function pgtrigger__odd_s_update_e59ead_a4af8()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger__odd_s_update_e59ead_a4af8 on ' || _table || ' is ''2507d1e1276dc5de279b844b5bafb010473dd72a''';
end
$pghistory_install$;
