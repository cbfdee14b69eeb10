-- tracked_any_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_tracked_any_update_b48a8()
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

    insert into pghistory_bound."tracked_comparedfieldonefieldtwoevent" (
        "pgh_created_at",
        "pgh_label",
        "field_one",
        "field_two",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'tracked_any',
        NEW."field_one",
        NEW."field_two",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_tracked_any_update_b48a8()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_tracked_any_update_b48a8', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_tracked_any_update_b48a8
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."field_one" IS DISTINCT FROM (NEW."field_one") OR OLD."field_two" IS DISTINCT FROM (NEW."field_two"))
        execute function pgtrigger_tracked_any_update_b48a8()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_tracked_any_update_b48a8 on ' || _table || ' is ''3a86bebb17af03e6845b6ab10f700819068699e2''';
end
$pghistory_install$;

-- tracked_any_stays_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_tracked_any_stays_update_330fa()
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

    insert into pghistory_bound."tracked_comparedfieldonefieldtwoevent" (
        "pgh_created_at",
        "pgh_label",
        "field_one",
        "field_two",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'tracked_any_stays',
        NEW."field_one",
        NEW."field_two",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_tracked_any_stays_update_330fa()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_tracked_any_stays_update_330fa', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_tracked_any_stays_update_330fa
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."field_one" IS NOT DISTINCT FROM (NEW."field_one") OR OLD."field_two" IS NOT DISTINCT FROM (NEW."field_two"))
        execute function pgtrigger_tracked_any_stays_update_330fa()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_tracked_any_stays_update_330fa on ' || _table || ' is ''512356f00c4d2231628f2441b6b9864cebf32e8f''';
end
$pghistory_install$;

-- tracked_all_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_tracked_all_update_a4e69()
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

    insert into pghistory_bound."tracked_comparedfieldonefieldtwoevent" (
        "pgh_created_at",
        "pgh_label",
        "field_one",
        "field_two",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'tracked_all',
        NEW."field_one",
        NEW."field_two",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_tracked_all_update_a4e69()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_tracked_all_update_a4e69', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_tracked_all_update_a4e69
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."field_one" IS DISTINCT FROM (NEW."field_one") AND OLD."field_two" IS DISTINCT FROM (NEW."field_two"))
        execute function pgtrigger_tracked_all_update_a4e69()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_tracked_all_update_a4e69 on ' || _table || ' is ''bfe3e7bb5336b13f6ab7f776a0d7a213429c53a4''';
end
$pghistory_install$;

-- tracked_all_stay_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_tracked_all_stay_update_b1960()
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

    insert into pghistory_bound."tracked_comparedfieldonefieldtwoevent" (
        "pgh_created_at",
        "pgh_label",
        "field_one",
        "field_two",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'tracked_all_stay',
        NEW."field_one",
        NEW."field_two",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_tracked_all_stay_update_b1960()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_tracked_all_stay_update_b1960', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_tracked_all_stay_update_b1960
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."field_one" IS NOT DISTINCT FROM (NEW."field_one") AND OLD."field_two" IS NOT DISTINCT FROM (NEW."field_two"))
        execute function pgtrigger_tracked_all_stay_update_b1960()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_tracked_all_stay_update_b1960 on ' || _table || ' is ''189811d0bc8b2b51330a5db2e17b2222c87a0e24''';
end
$pghistory_install$;

-- unconditional_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_unconditional_update_d98ee()
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

    insert into pghistory_bound."tracked_comparedfieldonefieldtwoevent" (
        "pgh_created_at",
        "pgh_label",
        "field_one",
        "field_two",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'unconditional',
        NEW."field_one",
        NEW."field_two",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_unconditional_update_d98ee()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_unconditional_update_d98ee', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_unconditional_update_d98ee
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        
        execute function pgtrigger_unconditional_update_d98ee()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_unconditional_update_d98ee on ' || _table || ' is ''3bd4451b3cf757a2bbb3e292ab211aeda20d42b1''';
end
$pghistory_install$;

-- any_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_any_update_b1756()
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

    insert into pghistory_bound."tracked_comparedevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "field_one",
        "field_two",
        "field_three",
        "field_four",
        "day",
        "moment",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'any',
        NEW."id",
        NEW."field_one",
        NEW."field_two",
        NEW."field_three",
        NEW."field_four",
        NEW."day",
        NEW."moment",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_any_update_b1756()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_any_update_b1756', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_any_update_b1756
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."field_one" IS DISTINCT FROM (NEW."field_one") OR OLD."field_two" IS DISTINCT FROM (NEW."field_two"))
        execute function pgtrigger_any_update_b1756()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_any_update_b1756 on ' || _table || ' is ''f298d62055a619024d7e7d1c0edd42887b6f0e2a''';
end
$pghistory_install$;

-- any_but_one_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_any_but_one_update_f3996()
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

    insert into pghistory_bound."tracked_comparedevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "field_one",
        "field_two",
        "field_three",
        "field_four",
        "day",
        "moment",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'any_but_one',
        NEW."id",
        NEW."field_one",
        NEW."field_two",
        NEW."field_three",
        NEW."field_four",
        NEW."day",
        NEW."moment",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_any_but_one_update_f3996()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_any_but_one_update_f3996', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_any_but_one_update_f3996
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."day" IS DISTINCT FROM (NEW."day") OR OLD."field_four" IS DISTINCT FROM (NEW."field_four") OR OLD."field_three" IS DISTINCT FROM (NEW."field_three") OR OLD."field_two" IS DISTINCT FROM (NEW."field_two") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."moment" IS DISTINCT FROM (NEW."moment"))
        execute function pgtrigger_any_but_one_update_f3996()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_any_but_one_update_f3996 on ' || _table || ' is ''b4bc47c9e86cd27e06ec0c5d85012ecdfc556eef''';
end
$pghistory_install$;

-- any_by_hand_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_any_by_hand_update_6ddeb()
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

    insert into pghistory_bound."tracked_comparedevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "field_one",
        "field_two",
        "field_three",
        "field_four",
        "day",
        "moment",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'any_by_hand',
        NEW."id",
        NEW."field_one",
        NEW."field_two",
        NEW."field_three",
        NEW."field_four",
        NEW."day",
        NEW."moment",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_any_by_hand_update_6ddeb()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_any_by_hand_update_6ddeb', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_any_by_hand_update_6ddeb
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."field_four" IS DISTINCT FROM (NEW."field_four") OR OLD."field_one" IS DISTINCT FROM (NEW."field_one") OR OLD."field_three" IS DISTINCT FROM (NEW."field_three") OR OLD."field_two" IS DISTINCT FROM (NEW."field_two") OR OLD."id" IS DISTINCT FROM (NEW."id"))
        execute function pgtrigger_any_by_hand_update_6ddeb()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_any_by_hand_update_6ddeb on ' || _table || ' is ''a6d29446c2fde1d5eb457240b2d9ec1952923b33''';
end
$pghistory_install$;

-- both_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_both_update_a4ae5()
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

    insert into pghistory_bound."tracked_comparedevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "field_one",
        "field_two",
        "field_three",
        "field_four",
        "day",
        "moment",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'both',
        NEW."id",
        NEW."field_one",
        NEW."field_two",
        NEW."field_three",
        NEW."field_four",
        NEW."day",
        NEW."moment",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_both_update_a4ae5()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_both_update_a4ae5', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_both_update_a4ae5
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."field_four" IS DISTINCT FROM (NEW."field_four") AND OLD."field_three" IS DISTINCT FROM (NEW."field_three"))
        execute function pgtrigger_both_update_a4ae5()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_both_update_a4ae5 on ' || _table || ' is ''f9240613698e927e78f3808053775336ab305de5''';
end
$pghistory_install$;

-- one_stays_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_one_stays_update_15345()
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

    insert into pghistory_bound."tracked_comparedevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "field_one",
        "field_two",
        "field_three",
        "field_four",
        "day",
        "moment",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'one_stays',
        NEW."id",
        NEW."field_one",
        NEW."field_two",
        NEW."field_three",
        NEW."field_four",
        NEW."day",
        NEW."moment",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_one_stays_update_15345()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_one_stays_update_15345', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_one_stays_update_15345
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."field_four" IS NOT DISTINCT FROM (NEW."field_four") OR OLD."field_three" IS NOT DISTINCT FROM (NEW."field_three"))
        execute function pgtrigger_one_stays_update_15345()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_one_stays_update_15345 on ' || _table || ' is ''60c644a824e7ed647b4cabb2a2d34e97a2f9f186''';
end
$pghistory_install$;

-- both_stay_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_both_stay_update_74479()
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

    insert into pghistory_bound."tracked_comparedevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "field_one",
        "field_two",
        "field_three",
        "field_four",
        "day",
        "moment",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'both_stay',
        NEW."id",
        NEW."field_one",
        NEW."field_two",
        NEW."field_three",
        NEW."field_four",
        NEW."day",
        NEW."moment",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_both_stay_update_74479()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_both_stay_update_74479', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_both_stay_update_74479
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."field_four" IS NOT DISTINCT FROM (NEW."field_four") AND OLD."field_three" IS NOT DISTINCT FROM (NEW."field_three"))
        execute function pgtrigger_both_stay_update_74479()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_both_stay_update_74479 on ' || _table || ' is ''0d9f179486dcaa841dd09c803fd17f4f84e1b657''';
end
$pghistory_install$;

-- untracked_update
do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function pgtrigger_untracked_update_f3088()
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

    insert into pghistory_bound."tracked_comparedevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "field_one",
        "field_two",
        "field_three",
        "field_four",
        "day",
        "moment",
        "pgh_obj_id",
        "pgh_context_id"
    )
    values (
        NOW(),
        'untracked',
        NEW."id",
        NEW."field_one",
        NEW."field_two",
        NEW."field_three",
        NEW."field_four",
        NEW."day",
        NEW."moment",
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
        to_regclass($pghistory_name$"tracked_compared"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_untracked_update_f3088()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_compared"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_untracked_update_f3088', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_untracked_update_f3088
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        
        for each ROW
        WHEN (OLD."not_kept" IS DISTINCT FROM (NEW."not_kept"))
        execute function pgtrigger_untracked_update_f3088()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_untracked_update_f3088 on ' || _table || ' is ''2b4468676c40abde5457de63f656a81fe940018a''';
end
$pghistory_install$;
