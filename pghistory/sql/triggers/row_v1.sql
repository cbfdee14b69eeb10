do $pghistory_function$
declare
    _text text := $pghistory_text$
create or replace function {pgid}()
returns trigger
language plpgsql
as $pghistory$
{declare}
begin
    if current_setting('pgtrigger.ignore', true) <> '' or current_setting('pghistory.restoring', true) = 'on' then
        -- Apart, so that what is seldom needed is made ready only where it is.
        if
            strpos(translate(current_setting('pgtrigger.ignore', true), '{{}}', ',,'), ',' || TG_NAME || ',') > 0
            or current_setting('pghistory.restoring', true) = 'on'
        then
            return null;
        end if;
    end if;

    {func}

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
