create or replace function {pgid}()
returns trigger
language plpgsql
as $pghistory$
begin
    if strpos(translate(current_setting('pgtrigger.ignore', true), '{{}}', ',,'), ',' || TG_NAME || ',') > 0 then
        if TG_OP = 'DELETE' then
            return old;
        end if;
        return new;
    end if;

    {func}
end
$pghistory$;
