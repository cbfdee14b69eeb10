-- insert_insert
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_insert_insert_29d7b()
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

    insert into pghistory_bound."tracked_specimenevent" (
        "pgh_created_at",
        "pgh_label",
        "number of specimen",
        "unique",
        "chosen",
        "c_other",
        "text",
        "slug",
        "integer",
        "positive",
        "small",
        "big",
        "decimal",
        "float",
        "boolean",
        "date",
        "now",
        "added",
        "time",
        "duration",
        "uuid",
        "json",
        "binary",
        "address",
        "url",
        "email",
        "file",
        "array",
        "days",
        "target_id",
        "itself_id",
        "plain_id",
        "by_code_id",
        "only_id",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'insert',
        NEW."number of specimen",
        NEW."unique",
        NEW."chosen",
        NEW."c_other",
        NEW."text",
        NEW."slug",
        NEW."integer",
        NEW."positive",
        NEW."small",
        NEW."big",
        NEW."decimal",
        NEW."float",
        NEW."boolean",
        NEW."date",
        NEW."now",
        NEW."added",
        NEW."time",
        NEW."duration",
        NEW."uuid",
        NEW."json",
        NEW."binary",
        NEW."address",
        NEW."url",
        NEW."email",
        NEW."file",
        NEW."array",
        NEW."days",
        NEW."target_id",
        NEW."itself_id",
        NEW."plain_id",
        NEW."by_code_id",
        NEW."only_id",
        NEW."number of specimen",
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
        to_regclass($pghistory_name$"tracked_specimen"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_insert_insert_29d7b()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_specimen"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_insert_insert_29d7b', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_insert_insert_29d7b
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_insert_insert_29d7b()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_insert_insert_29d7b on ' || _table || ' is ''fa9ddc86547d76cdba7b6cdfac2489e73ff8fbac''';
end
$pghistory_install$;

-- update_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_update_update_00eb4()
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
    
    insert into pghistory_bound."tracked_specimenevent" (
        "pgh_created_at",
        "pgh_label",
        "number of specimen",
        "unique",
        "chosen",
        "c_other",
        "text",
        "slug",
        "integer",
        "positive",
        "small",
        "big",
        "decimal",
        "float",
        "boolean",
        "date",
        "now",
        "added",
        "time",
        "duration",
        "uuid",
        "json",
        "binary",
        "address",
        "url",
        "email",
        "file",
        "array",
        "days",
        "target_id",
        "itself_id",
        "plain_id",
        "by_code_id",
        "only_id",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'update',
        NEW."number of specimen",
        NEW."unique",
        NEW."chosen",
        NEW."c_other",
        NEW."text",
        NEW."slug",
        NEW."integer",
        NEW."positive",
        NEW."small",
        NEW."big",
        NEW."decimal",
        NEW."float",
        NEW."boolean",
        NEW."date",
        NEW."now",
        NEW."added",
        NEW."time",
        NEW."duration",
        NEW."uuid",
        NEW."json",
        NEW."binary",
        NEW."address",
        NEW."url",
        NEW."email",
        NEW."file",
        NEW."array",
        NEW."days",
        NEW."target_id",
        NEW."itself_id",
        NEW."plain_id",
        NEW."by_code_id",
        NEW."only_id",
        NEW."number of specimen",
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
        to_regclass($pghistory_name$"tracked_specimen"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_update_update_00eb4()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_specimen"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_update_update_00eb4', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_update_update_00eb4
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_update_update_00eb4()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_update_update_00eb4 on ' || _table || ' is ''863254f6b8872f38166abd428d803838e51c4175''';
end
$pghistory_install$;

-- delete_delete
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_delete_delete_000c9()
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

    insert into pghistory_bound."tracked_specimenevent" (
        "pgh_created_at",
        "pgh_label",
        "number of specimen",
        "unique",
        "chosen",
        "c_other",
        "text",
        "slug",
        "integer",
        "positive",
        "small",
        "big",
        "decimal",
        "float",
        "boolean",
        "date",
        "now",
        "added",
        "time",
        "duration",
        "uuid",
        "json",
        "binary",
        "address",
        "url",
        "email",
        "file",
        "array",
        "days",
        "target_id",
        "itself_id",
        "plain_id",
        "by_code_id",
        "only_id",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'delete',
        OLD."number of specimen",
        OLD."unique",
        OLD."chosen",
        OLD."c_other",
        OLD."text",
        OLD."slug",
        OLD."integer",
        OLD."positive",
        OLD."small",
        OLD."big",
        OLD."decimal",
        OLD."float",
        OLD."boolean",
        OLD."date",
        OLD."now",
        OLD."added",
        OLD."time",
        OLD."duration",
        OLD."uuid",
        OLD."json",
        OLD."binary",
        OLD."address",
        OLD."url",
        OLD."email",
        OLD."file",
        OLD."array",
        OLD."days",
        OLD."target_id",
        OLD."itself_id",
        OLD."plain_id",
        OLD."by_code_id",
        OLD."only_id",
        OLD."number of specimen",
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
        to_regclass($pghistory_name$"tracked_specimen"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_delete_delete_000c9()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_specimen"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_delete_delete_000c9', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_delete_delete_000c9
        AFTER DELETE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_delete_delete_000c9()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_delete_delete_000c9 on ' || _table || ' is ''8f4fcdef76fdc085bcdabb766bc2a0e2c36cee10''';
end
$pghistory_install$;
