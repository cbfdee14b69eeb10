-- The active context's id, whose row is written before it is first needed, once per transaction and version of the
-- context. The marker `pghistory.context_stored` is local to the transaction, so that ROLLBACK TO takes back the
-- marker and the row together. An unchanged row is not locked: many transactions may share one context.
create or replace function _pgh_attach_context()
returns uuid
language plpgsql
as $function$
declare
    _id uuid := nullif(current_setting('pghistory.context_id', true), '')::uuid;
    _version text := nullif(current_setting('pghistory.context_version', true), '');
begin
    if _id is null then
        return null;
    end if;

    if _version = current_setting('pghistory.context_stored', true) then
        return _id;
    end if;

    insert into pghistory_context (
        id,
        created_at,
        updated_at,
        metadata,
        actor_label
    )
    values (
        _id,
        now(),
        now(),
        coalesce(nullif(current_setting('pghistory.context_metadata', true), ''), '{}')::jsonb,
        nullif(current_setting('pghistory.context_actor', true), '')::jsonb #>> '{}'
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
                    coalesce(nullif(current_setting('pghistory.context_metadata', true), ''), '{}')::jsonb as metadata,
                    nullif(current_setting('pghistory.context_actor', true), '')::jsonb #>> '{}' as actor_label
            ) as given
        where
            stored.id = _id
            and (stored.metadata, stored.actor_label) is distinct from (given.metadata, given.actor_label);
    end if;

    -- An assignment, which costs less than PERFORM.
    _version := set_config('pghistory.context_stored', coalesce(_version, ''), true);
    return _id;
end
$function$;
