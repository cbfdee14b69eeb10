create or replace function {pgid}()
returns trigger
language plpgsql
as $pghistory$
begin
    if TG_NAME = any (nullif(current_setting('pgtrigger.ignore', true), '')::text[]) then
        if TG_OP = 'DELETE' then
            return old;
        end if;
        return new;
    end if;

    {func}
end
$pghistory$;
