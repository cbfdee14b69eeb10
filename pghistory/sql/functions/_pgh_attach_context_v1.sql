-- The active context's id, whose row is written before it is first needed, once per transaction and version of the
-- context, into a table that has no label of the actor yet. The next version tells what the settings hold.
create or replace function _pgh_attach_context()
returns uuid
language plpgsql
as $function$
declare
    _given text := current_setting('pghistory.context', true);
    _id uuid;
begin
    if starts_with(_given, '+') is not true then
        if starts_with(_given, '=') then
            return split_part(_given, E'\t', 2)::uuid;
        end if;

        if starts_with(_given, '?') is not true then
            -- django-pghistory, whose processes may write as well, hands contexts over under names of its own.
            _id := nullif(current_setting('pghistory.context_id', true), '')::uuid;
            if _id is null then
                return null;
            end if;

            insert into pghistory_context as stored (
                id,
                created_at,
                updated_at,
                metadata
            )
            values (
                _id,
                now(),
                now(),
                coalesce(nullif(current_setting('pghistory.context_metadata', true), ''), '{}')::jsonb
            )
            on conflict (id) do update
            set
                updated_at = now(),
                metadata = excluded.metadata
            where
                stored.metadata is distinct from excluded.metadata;

            return _id;
        end if;
    end if;

    insert into pghistory_context (
        id,
        created_at,
        updated_at,
        metadata
    )
    values (
        split_part(_given, E'\t', 2)::uuid,
        now(),
        now(),
        split_part(_given, E'\t', 4)::jsonb
    )
    on conflict (id) do nothing;

    if not found then
        update pghistory_context
        set
            updated_at = now(),
            metadata = split_part(_given, E'\t', 4)::jsonb
        where
            id = split_part(_given, E'\t', 2)::uuid
            and metadata is distinct from split_part(_given, E'\t', 4)::jsonb;
    end if;

    return split_part(set_config('pghistory.context', '=' || _given, true), E'\t', 2)::uuid;
end
$function$;
