create or replace function {pgid}()
returns trigger
language plpgsql
set search_path from current
set enable_nestloop = off
set enable_mergejoin = off
as $pghistory$
#variable_conflict use_column
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
$pghistory$;
