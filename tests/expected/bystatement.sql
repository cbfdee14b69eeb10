-- insert_insert
create or replace function pgtrigger_insert_insert_e3978()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'insert',
        NEW."id",
        NEW."the name",
        NEW."number",
        NEW."data",
        NEW."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        new_rows as new;

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_insert_insert_e3978()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_insert_insert_e3978', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_insert_insert_e3978
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING NEW TABLE AS new_rows
        for each STATEMENT
        
        execute function pgtrigger_insert_insert_e3978()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_insert_insert_e3978 on ' || _table || ' is ''520598b0ce870069c33897f53266a390aa08e4f9''';
end
$pghistory_install$;

-- update_update
create or replace function pgtrigger_update_update_5dc3f()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'update',
        NEW."id",
        NEW."the name",
        NEW."number",
        NEW."data",
        NEW."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        (select *, row_number() over () as pgh_position from old_rows) as old
        join (select *, row_number() over () as pgh_position from new_rows) as new using (pgh_position)
    where
        OLD."data" is distinct from NEW."data"
        or OLD."id" is distinct from NEW."id"
        or OLD."the name" is distinct from NEW."the name"
        or OLD."number" is distinct from NEW."number";

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_update_update_5dc3f()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_update_update_5dc3f', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_update_update_5dc3f
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows
        for each STATEMENT
        
        execute function pgtrigger_update_update_5dc3f()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_update_update_5dc3f on ' || _table || ' is ''f15b02dd780c62904d1d05a4dee3cae094dc8aaa''';
end
$pghistory_install$;

-- delete_delete
create or replace function pgtrigger_delete_delete_d1715()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'delete',
        OLD."id",
        OLD."the name",
        OLD."number",
        OLD."data",
        OLD."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        old_rows as old;

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_delete_delete_d1715()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_delete_delete_d1715', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_delete_delete_d1715
        AFTER DELETE on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING OLD TABLE AS old_rows
        for each STATEMENT
        
        execute function pgtrigger_delete_delete_d1715()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_delete_delete_d1715 on ' || _table || ' is ''ac9f38d79ae5feaa1b069f1023f5ebeb6421826c''';
end
$pghistory_install$;

-- before_update
create or replace function pgtrigger_before_update_9e13a()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'before',
        OLD."id",
        OLD."the name",
        OLD."number",
        OLD."data",
        OLD."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        (select *, row_number() over () as pgh_position from old_rows) as old
        join (select *, row_number() over () as pgh_position from new_rows) as new using (pgh_position);

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_before_update_9e13a()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_before_update_9e13a', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_before_update_9e13a
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows
        for each STATEMENT
        
        execute function pgtrigger_before_update_9e13a()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_before_update_9e13a on ' || _table || ' is ''0fedb6a93bdbb10e8030c315ce770db29a94a938''';
end
$pghistory_install$;

-- down_update
create or replace function pgtrigger_down_update_0c78e()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'down',
        NEW."id",
        NEW."the name",
        NEW."number",
        NEW."data",
        NEW."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        (select *, row_number() over () as pgh_position from old_rows) as old
        join (select *, row_number() over () as pgh_position from new_rows) as new using (pgh_position)
    where
        OLD."number" > (NEW."number");

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_down_update_0c78e()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_down_update_0c78e', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_down_update_0c78e
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows
        for each STATEMENT
        
        execute function pgtrigger_down_update_0c78e()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_down_update_0c78e on ' || _table || ' is ''9f1da517869a971cbef12337eaf6edd6cb3632ee''';
end
$pghistory_install$;

-- both_update
create or replace function pgtrigger_both_update_c84a7()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'both',
        NEW."id",
        NEW."the name",
        NEW."number",
        NEW."data",
        NEW."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        (select *, row_number() over () as pgh_position from old_rows) as old
        join (select *, row_number() over () as pgh_position from new_rows) as new using (pgh_position)
    where
        (OLD."the name" IS DISTINCT FROM (NEW."the name") AND OLD."number" IS DISTINCT FROM (NEW."number"));

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_both_update_c84a7()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_both_update_c84a7', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_both_update_c84a7
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows
        for each STATEMENT
        
        execute function pgtrigger_both_update_c84a7()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_both_update_c84a7 on ' || _table || ' is ''ad8a7d4076f758f292ed39766f527006ec18e8e5''';
end
$pghistory_install$;

-- big_insert
create or replace function pgtrigger_big_insert_c306a()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'big',
        NEW."id",
        NEW."the name",
        NEW."number",
        NEW."data",
        NEW."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        new_rows as new
    where
        NEW."number" >= 100;

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_big_insert_c306a()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_big_insert_c306a', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_big_insert_c306a
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING NEW TABLE AS new_rows
        for each STATEMENT
        
        execute function pgtrigger_big_insert_c306a()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_big_insert_c306a on ' || _table || ' is ''1055caf48d354ec353a8946310c7d269369754ce''';
end
$pghistory_install$;

-- named_gone_delete
create or replace function pgtrigger_named_gone_delete_805c1()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'named_gone',
        OLD."id",
        OLD."the name",
        OLD."number",
        OLD."data",
        OLD."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        old_rows as old
    where
        OLD."the name" IS NOT NULL;

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_named_gone_delete_805c1()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_named_gone_delete_805c1', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_named_gone_delete_805c1
        AFTER DELETE on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING OLD TABLE AS old_rows
        for each STATEMENT
        
        execute function pgtrigger_named_gone_delete_805c1()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_named_gone_delete_805c1 on ' || _table || ' is ''fb080272e2ca6b1797b837fd9159a5999c73aaab''';
end
$pghistory_install$;

-- written_insert
create or replace function pgtrigger_written_insert_cf944()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'written',
        NEW."id",
        NEW."the name",
        NEW."number",
        NEW."data",
        NEW."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        new_rows as new;

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_written_insert_cf944()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_written_insert_cf944', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_written_insert_cf944
        AFTER INSERT on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING NEW TABLE AS new_rows
        for each STATEMENT
        
        execute function pgtrigger_written_insert_cf944()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_written_insert_cf944 on ' || _table || ' is ''2a6d2ebb70c135054ab3621dea7b9e2ddd43daba''';
end
$pghistory_install$;

-- written_update
create or replace function pgtrigger_written_update_f8ca5()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'written',
        NEW."id",
        NEW."the name",
        NEW."number",
        NEW."data",
        NEW."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        (select *, row_number() over () as pgh_position from old_rows) as old
        join (select *, row_number() over () as pgh_position from new_rows) as new using (pgh_position);

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_written_update_f8ca5()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_written_update_f8ca5', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_written_update_f8ca5
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows
        for each STATEMENT
        
        execute function pgtrigger_written_update_f8ca5()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_written_update_f8ca5 on ' || _table || ' is ''aa37fe38ed60ad91d7e003158bcc23dfd6422543''';
end
$pghistory_install$;

-- left_update
create or replace function pgtrigger_left_update_f2a34()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'left',
        OLD."id",
        OLD."the name",
        OLD."number",
        OLD."data",
        OLD."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        (select *, row_number() over () as pgh_position from old_rows) as old
        join (select *, row_number() over () as pgh_position from new_rows) as new using (pgh_position);

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_left_update_f2a34()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_left_update_f2a34', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_left_update_f2a34
        AFTER UPDATE on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows
        for each STATEMENT
        
        execute function pgtrigger_left_update_f2a34()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_left_update_f2a34 on ' || _table || ' is ''0e7a6d25c4294304000d1a04ab00f7bce48612c2''';
end
$pghistory_install$;

-- left_delete
create or replace function pgtrigger_left_delete_2142f()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column

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

    insert into "tracked_bystatementevent" (
        "pgh_created_at",
        "pgh_label",
        "id",
        "the name",
        "number",
        "data",
        "pgh_obj_id",
        "pgh_context_id"
    )
    select
        NOW(),
        'left',
        OLD."id",
        OLD."the name",
        OLD."number",
        OLD."data",
        OLD."id",
        (select case
            when starts_with(current_setting('pghistory.context', true), '=')
            then split_part(current_setting('pghistory.context'), E'\t', 2)::uuid
            when current_setting('pghistory.context', true) <> '' or current_setting('pghistory.context_id', true) <> ''
            then _pgh_attach_context()
        end)
    from
        old_rows as old;

    return null;
end
$pghistory$;

do $pghistory_install$
declare
    -- A migration that renames the table may do so only after this. The table is then where the trigger was last, as
    -- `uninstall_v1.sql` noted it.
    _table regclass := coalesce(
        to_regclass($pghistory_name$"tracked_bystatement"$pghistory_name$),
        to_regclass(obj_description('pgtrigger_left_delete_2142f()'::regprocedure, 'pg_proc'))
    );
    _trigger name;
begin
    if _table is null then
        _table := $pghistory_name$"tracked_bystatement"$pghistory_name$::regclass;
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
            and left(tgname, -5) = left('pgtrigger_left_delete_2142f', -5)
    loop
        execute format('drop trigger %I on %s', _trigger, _table);
    end loop;

    execute $pghistory_text$
        create trigger pgtrigger_left_delete_2142f
        AFTER DELETE on $pghistory_text$ || _table || $pghistory_text$
        REFERENCING OLD TABLE AS old_rows
        for each STATEMENT
        
        execute function pgtrigger_left_delete_2142f()
    $pghistory_text$;

    execute 'comment on trigger pgtrigger_left_delete_2142f on ' || _table || ' is ''04d35eedea50896a748b15e064d93812f7e96f11''';
end
$pghistory_install$;
