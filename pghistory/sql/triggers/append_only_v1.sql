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

drop trigger if exists {pgid} on {table};

create trigger {pgid}
{when} {operation} on {table}
for each {level}
execute function {execute};

comment on trigger {pgid} on {table} is '{hash}';
