create or replace function {pgid}()
returns trigger
language plpgsql
set search_path from current
as $pghistory$
{declare}
begin
    if
        TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[])
        or current_setting('pghistory.restoring', true) = 'on'
    then
        return null;
    end if;

    {func}

    return null;
end
$pghistory$;
