-- tracked_any_update
create or replace function pgtrigger_tracked_any_update_b48a8()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedfieldonefieldtwoevent" (
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

    execute 'comment on trigger pgtrigger_tracked_any_update_b48a8 on ' || _table || ' is ''cbddbaa017f42663cb3ea9d2e93a87d18effccae''';
end
$pghistory_install$;

-- tracked_any_stays_update
create or replace function pgtrigger_tracked_any_stays_update_330fa()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedfieldonefieldtwoevent" (
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

    execute 'comment on trigger pgtrigger_tracked_any_stays_update_330fa on ' || _table || ' is ''13ecbb62ed82c1c7875ce26b30be33305c324b07''';
end
$pghistory_install$;

-- tracked_all_update
create or replace function pgtrigger_tracked_all_update_a4e69()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedfieldonefieldtwoevent" (
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

    execute 'comment on trigger pgtrigger_tracked_all_update_a4e69 on ' || _table || ' is ''1a4726952661d1af9dcfb5cddba2836cb95074cb''';
end
$pghistory_install$;

-- tracked_all_stay_update
create or replace function pgtrigger_tracked_all_stay_update_b1960()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedfieldonefieldtwoevent" (
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

    execute 'comment on trigger pgtrigger_tracked_all_stay_update_b1960 on ' || _table || ' is ''7c80631357fe75be36df603c99405a02777ef39b''';
end
$pghistory_install$;

-- unconditional_update
create or replace function pgtrigger_unconditional_update_d98ee()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedfieldonefieldtwoevent" (
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

    execute 'comment on trigger pgtrigger_unconditional_update_d98ee on ' || _table || ' is ''83c5202fcd321b6cd555c97b5e1d743ce7611249''';
end
$pghistory_install$;

-- any_update
create or replace function pgtrigger_any_update_b1756()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedevent" (
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

    execute 'comment on trigger pgtrigger_any_update_b1756 on ' || _table || ' is ''e9088c38a8bb95075a0f3300190972a127973974''';
end
$pghistory_install$;

-- any_but_one_update
create or replace function pgtrigger_any_but_one_update_f3996()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedevent" (
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

    execute 'comment on trigger pgtrigger_any_but_one_update_f3996 on ' || _table || ' is ''babeb670a97f9170867c909bf84265587c756661''';
end
$pghistory_install$;

-- any_by_hand_update
create or replace function pgtrigger_any_by_hand_update_6ddeb()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedevent" (
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

    execute 'comment on trigger pgtrigger_any_by_hand_update_6ddeb on ' || _table || ' is ''06983318a0f0735f86dffbb56cb992b32b252f6b''';
end
$pghistory_install$;

-- both_update
create or replace function pgtrigger_both_update_a4ae5()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedevent" (
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

    execute 'comment on trigger pgtrigger_both_update_a4ae5 on ' || _table || ' is ''ff7a4ce6ec9b79e9adeebd22663bef319f67a43b''';
end
$pghistory_install$;

-- one_stays_update
create or replace function pgtrigger_one_stays_update_15345()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedevent" (
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

    execute 'comment on trigger pgtrigger_one_stays_update_15345 on ' || _table || ' is ''61672d6b557f8fe52f92ca72a8dbc48a9ed7bd4f''';
end
$pghistory_install$;

-- both_stay_update
create or replace function pgtrigger_both_stay_update_74479()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedevent" (
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

    execute 'comment on trigger pgtrigger_both_stay_update_74479 on ' || _table || ' is ''37d43ebfc426cee4ca98c61ea437e4172bb2c532''';
end
$pghistory_install$;

-- untracked_update
create or replace function pgtrigger_untracked_update_f3088()
returns trigger
language plpgsql
set search_path from current
as $pghistory$

begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    insert into "tracked_comparedevent" (
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

    execute 'comment on trigger pgtrigger_untracked_update_f3088 on ' || _table || ' is ''6e09191386b000be2f502c15f518fff60b66e3e9''';
end
$pghistory_install$;
