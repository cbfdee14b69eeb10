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
    _metadata jsonb;
    _actor_label text;
begin
    if _id is null then
        return null;
    end if;

    if _version = current_setting('pghistory.context_stored', true) then
        return _id;
    end if;

    _metadata := coalesce(nullif(current_setting('pghistory.context_metadata', true), ''), '{}')::jsonb;
    _actor_label := nullif(current_setting('pghistory.context_actor', true), '')::jsonb #>> '{}';

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
        _metadata,
        _actor_label
    )
    on conflict (id) do nothing;

    if not found then
        update pghistory_context
        set
            updated_at = now(),
            metadata = _metadata,
            actor_label = _actor_label
        where
            id = _id
            and (metadata, actor_label) is distinct from (_metadata, _actor_label);
    end if;

    perform set_config('pghistory.context_stored', coalesce(_version, ''), true);
    return _id;
end
$function$;
