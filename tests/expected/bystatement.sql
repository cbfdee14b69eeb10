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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_insert_insert_e3978 on ' || _table || ' is ''b810e600169962bc4a4470054d74468f01b6eaab''';
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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_update_update_5dc3f on ' || _table || ' is ''11597763095617291d73e694b665b790e5316088''';
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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_delete_delete_d1715 on ' || _table || ' is ''901d5875fc8197114621fc5ac03cef7783cbd212''';
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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_before_update_9e13a on ' || _table || ' is ''f86dbff5fbc86858c7f3918c6a012449ef30f304''';
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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_down_update_0c78e on ' || _table || ' is ''da0560ca4478b345be6379fabbe1376ecbd8777b''';
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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_both_update_c84a7 on ' || _table || ' is ''fa71d7fbd94563cbb499ca9196821e2115137bfa''';
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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_big_insert_c306a on ' || _table || ' is ''803ab925d6cfda4bf43643912d1f54fba8bbbe4d''';
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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_named_gone_delete_805c1 on ' || _table || ' is ''fa30fa196ef1a0510dd24d632321b77441ac481b''';
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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_written_insert_cf944 on ' || _table || ' is ''97479bc7325c66dc79203b1cc33d93fa31921aca''';
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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_written_update_f8ca5 on ' || _table || ' is ''960a766d4a11090134ffcf83b5bca674573e99f5''';
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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_left_update_f2a34 on ' || _table || ' is ''3bafb35e62d461d9df4450695d83e76d3d31426e''';
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
        (select _pgh_attach_context())
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

    execute 'comment on trigger pgtrigger_left_delete_2142f on ' || _table || ' is ''32a3c4f169c7b95e86ac72e51fa827583ad39c6c''';
end
$pghistory_install$;
