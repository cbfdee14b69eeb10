-- The active context's id, whose row is written before it is first needed, once per transaction and version of the
-- context. `pghistory.context` holds, as `injection` hands it over, a sign, the id, the actor's label as JSON or nothing,
-- and the metadata, with tabs between. The sign is + the first time and ? later, when the row is most likely there; once
-- the row is written = stands before it, local to the transaction, so that ROLLBACK TO takes back both together. An
-- unchanged row is not locked: many transactions may share one context.
create or replace function _pgh_attach_context()
returns uuid
language plpgsql
set search_path from current
as $function$
-- The path stands above: triggers of rows, which call this by its schema, set none.
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

        perform
        from
            pghistory_context
        where
            id = split_part(_given, E'\t', 2)::uuid
            and metadata = split_part(_given, E'\t', 4)::jsonb
            and actor_label is not distinct from
            nullif(split_part(_given, E'\t', 3), '')::jsonb #>> '{}';

        if found then
            return split_part(set_config('pghistory.context', '=' || _given, true), E'\t', 2)::uuid;
        end if;
    end if;

    insert into pghistory_context (
        id,
        created_at,
        updated_at,
        metadata,
        actor_label
    )
    values (
        split_part(_given, E'\t', 2)::uuid,
        now(),
        now(),
        split_part(_given, E'\t', 4)::jsonb,
        nullif(split_part(_given, E'\t', 3), '')::jsonb #>> '{}'
    )
    on conflict (id) do nothing;

    if not found then
        update pghistory_context as stored
        set
            updated_at = now(),
            metadata = given.metadata,
            actor_label = given.actor_label
        from
            (
                select
                    split_part(_given, E'\t', 4)::jsonb as metadata,
                    nullif(split_part(_given, E'\t', 3), '')::jsonb #>> '{}' as actor_label
            ) as given
        where
            stored.id = split_part(_given, E'\t', 2)::uuid
            and (stored.metadata, stored.actor_label) is distinct from (given.metadata, given.actor_label);
    end if;

    -- The sign and the id in one expression, which costs less than two.
    return split_part(set_config('pghistory.context', '=' || _given, true), E'\t', 2)::uuid;
end
$function$;
