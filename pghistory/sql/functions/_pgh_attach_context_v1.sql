-- The active context's id, whose row is written before it is first needed, once per transaction and version of the
-- context, into a table that has no label of the actor yet.
create or replace function _pgh_attach_context()
returns uuid
language plpgsql
as $function$
declare
    _id uuid := nullif(current_setting('pghistory.context_id', true), '')::uuid;
    _version text := nullif(current_setting('pghistory.context_version', true), '');
    _metadata jsonb;
begin
    if _id is null then
        return null;
    end if;

    if _version = current_setting('pghistory.context_stored', true) then
        return _id;
    end if;

    _metadata := coalesce(nullif(current_setting('pghistory.context_metadata', true), ''), '{}')::jsonb;

    insert into pghistory_context (
        id,
        created_at,
        updated_at,
        metadata
    )
    values (
        _id,
        now(),
        now(),
        _metadata
    )
    on conflict (id) do nothing;

    if not found then
        update pghistory_context
        set
            updated_at = now(),
            metadata = _metadata
        where
            id = _id
            and metadata is distinct from _metadata;
    end if;

    perform set_config('pghistory.context_stored', coalesce(_version, ''), true);
    return _id;
end
$function$;
