-- append_only
create or replace function pgtrigger_append_only_206e3()
returns trigger
language plpgsql
as $pghistory$
begin
    if strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0 then
        if TG_OP = 'DELETE' then
            return old;
        end if;
        return new;
    end if;

    raise exception '(pghistory) % is append-only: its events cannot be changed or removed', 'tracked_appendonlyevent'
        using errcode = 'object_not_in_prerequisite_state';
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_appendonlyevent"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_append_only_206e3()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_appendonlyevent"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_append_only_206e3', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_append_only_206e3
        BEFORE UPDATE OR DELETE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_append_only_206e3()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_append_only_206e3 on ' || _table || ' is ''a5d5542f194cb9ad7d9e89a34cb355fbbef63803''';
end
$pghistory_install$;

-- append_only_truncate
create or replace function pgtrigger_append_only_truncate_ee3da()
returns trigger
language plpgsql
as $pghistory$
begin
    if strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0 then
        if TG_OP = 'DELETE' then
            return old;
        end if;
        return new;
    end if;

    if current_setting('pghistory.allow_truncate', true) = 'on' then
        return null;
    end if;

    raise exception '(pghistory) % is append-only: its events cannot be truncated', 'tracked_appendonlyevent'
        using
            errcode = 'object_not_in_prerequisite_state',
            hint = 'To empty it on purpose: set pghistory.allow_truncate = ''on''.';
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_appendonlyevent"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_append_only_truncate_ee3da()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_appendonlyevent"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_append_only_truncate_ee3da', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_append_only_truncate_ee3da
        BEFORE TRUNCATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each STATEMENT
        
        execute function pgtrigger_append_only_truncate_ee3da()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_append_only_truncate_ee3da on ' || _table || ' is ''06bfe13a88278244db6dd083c16688683e594de4''';
end
$pghistory_install$;
