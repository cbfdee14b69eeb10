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
begin
    -- Names are bound to what they mean now, wherever a session looks: to set search_path for each row would take longer
    -- than the rest of the function. What is not there yet is looked for by each session.
    for _name in
        select
            (regexp_matches(_text, 'pghistory_bound\.("(?:[^"]|"")+")', 'g'))[1]
    loop
        _text := replace(
            _text,
            'pghistory_bound.' || _name,
            coalesce(
                (
                    select
                        relnamespace::regnamespace::text || '.'
                    from
                        pg_class
                    where
                        oid = to_regclass(_name)
                ),
                (
                    select
                        pronamespace::regnamespace::text || '.'
                    from
                        pg_proc
                    where
                        oid = to_regproc(_name)
                ),
                ''
            ) || _name
        );
    end loop;

    execute _text;
end
$pghistory_function$;
