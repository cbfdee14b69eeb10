-- What a context did to each object: the first and last events of each reading, the last known state before them, and
-- the next old row after them.
with pgh_span as (
    select
        {obj} as obj,
        min(pgh_id) as first_id,
        max(pgh_id) as last_id,
        min(pgh_id) filter (where pgh_label = any(%(old)s)) as first_old_id,
        max(pgh_id) filter (where pgh_label = any(%(new)s)) as last_new_id,
        min(pgh_id) filter (where pgh_label = any(%(insert)s)) as first_insert_id,
        max(pgh_id) filter (where pgh_label = any(%(insert)s)) as last_insert_id,
        max(pgh_id) filter (where pgh_label = any(%(delete)s)) as last_delete_id
    from
        {events}
    where
        pgh_context_id = %(context)s
        and pgh_label = any(%(change)s)
        and {obj} is not null
    group by
        {obj}
)
select
    pgh_span.obj::text,
    pgh_span.first_id,
    pgh_span.first_old_id,
    pgh_span.last_new_id,
    pgh_span.first_insert_id,
    pgh_span.last_insert_id,
    pgh_span.last_delete_id,
    pgh_before.pgh_id,
    pgh_before.pgh_label = any(%(delete)s),
    pgh_after.pgh_id
from
    pgh_span
    left join lateral (
        select
            pgh_id,
            pgh_label
        from
            {events}
        where
            {obj} = pgh_span.obj
            and pgh_id < pgh_span.first_id
            and pgh_label = any(%(state)s)
            and pgh_span.first_id is distinct from pgh_span.first_old_id
            and pgh_span.first_id is distinct from pgh_span.first_insert_id
        order by
            pgh_id desc
        limit 1
    ) as pgh_before on true
    left join lateral (
        select
            pgh_id
        from
            {events}
        where
            {obj} = pgh_span.obj
            and pgh_id > pgh_span.last_id
            and pgh_label = any(%(old)s)
            and pgh_span.last_new_id is null
            and pgh_span.last_delete_id is null
        order by
            pgh_id
        limit 1
    ) as pgh_after on true
order by
    pgh_span.last_id desc
