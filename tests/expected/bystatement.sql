-- insert_insert
create or replace function pgtrigger_insert_insert_e3978()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
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

    execute 'comment on trigger pgtrigger_insert_insert_e3978 on ' || _table || ' is ''b97045dc840b523ee266d84e8191eba1621f5d1f''';
end
$pghistory_install$;

-- update_update
create or replace function pgtrigger_update_update_5dc3f()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
    from
        (select *, row_number() over () as pgh_position from old_rows) as old
        join (select *, row_number() over () as pgh_position from new_rows) as new using (pgh_position)
    where
        OLD.* IS DISTINCT FROM NEW.*;

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

    execute 'comment on trigger pgtrigger_update_update_5dc3f on ' || _table || ' is ''993e377a14b23bef57f0cf7c97c301628478f329''';
end
$pghistory_install$;

-- delete_delete
create or replace function pgtrigger_delete_delete_d1715()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
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

    execute 'comment on trigger pgtrigger_delete_delete_d1715 on ' || _table || ' is ''ced2ac65396e26915900001688f718af161a7d9c''';
end
$pghistory_install$;

-- before_update
create or replace function pgtrigger_before_update_9e13a()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
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

    execute 'comment on trigger pgtrigger_before_update_9e13a on ' || _table || ' is ''be5e082df28d3321aa359940b089f713e3ec22cd''';
end
$pghistory_install$;

-- down_update
create or replace function pgtrigger_down_update_0c78e()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
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

    execute 'comment on trigger pgtrigger_down_update_0c78e on ' || _table || ' is ''1821f3199a0418468fe88dae4fc531b5435b6af8''';
end
$pghistory_install$;

-- both_update
create or replace function pgtrigger_both_update_c84a7()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
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

    execute 'comment on trigger pgtrigger_both_update_c84a7 on ' || _table || ' is ''388ecb090026d9245e5b1039b3a74d9939500f6a''';
end
$pghistory_install$;

-- big_insert
create or replace function pgtrigger_big_insert_c306a()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
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

    execute 'comment on trigger pgtrigger_big_insert_c306a on ' || _table || ' is ''cbcaa51228a031319e18e553cef64f8ec73a0458''';
end
$pghistory_install$;

-- named_gone_delete
create or replace function pgtrigger_named_gone_delete_805c1()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
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

    execute 'comment on trigger pgtrigger_named_gone_delete_805c1 on ' || _table || ' is ''fb74816ce6a4bd51b83ee1dce100f04ffd7a9447''';
end
$pghistory_install$;

-- written_insert
create or replace function pgtrigger_written_insert_cf944()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
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

    execute 'comment on trigger pgtrigger_written_insert_cf944 on ' || _table || ' is ''ceaff5c532e3bf9d90a344144039610f860a1a96''';
end
$pghistory_install$;

-- written_update
create or replace function pgtrigger_written_update_f8ca5()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
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

    execute 'comment on trigger pgtrigger_written_update_f8ca5 on ' || _table || ' is ''74c9f1ab85853064c501aba51e9674eabd90cf2b''';
end
$pghistory_install$;

-- left_update
create or replace function pgtrigger_left_update_f2a34()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
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

    execute 'comment on trigger pgtrigger_left_update_f2a34 on ' || _table || ' is ''eed231aeaf2c03e167b5cfbfc5611cf39406f152''';
end
$pghistory_install$;

-- left_delete
create or replace function pgtrigger_left_delete_2142f()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
as $pghistory$
#variable_conflict use_column

begin
    if
        strpos(translate(current_setting('pgtrigger.ignore', true), '{}', ',,'), ',' || TG_NAME || ',') > 0
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
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
        _pgh_attach_context()
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

    execute 'comment on trigger pgtrigger_left_delete_2142f on ' || _table || ' is ''833462cff57cb4e8f6f23eb5f941da2da99f830a''';
end
$pghistory_install$;
