-- What a context did to each object: the events that keep it as it was before (base) and as it was left (then). The kind
-- adds up: 1, the living row alone shows how it was left; 2, changes may have been missed; 4, nothing is known of it; 8, it
-- was deleted before. What is gone has no `then`, what was added no `base`.
select
    pgh_span.obj::{key_type} as obj,
    case
        when pgh_reading.was_added then null
        when pgh_reading.keeps_old then pgh_span.first_old_id
        when not pgh_before.is_deletion then pgh_before.pgh_id
    end as base_id,
    case
        when pgh_reading.is_gone then null
        when %(misses_no_new_row)s then pgh_span.last_new_id
        else coalesce(pgh_after.pgh_id, pgh_span.last_new_id)
    end as then_id,
    (
        not pgh_reading.is_gone
        and pgh_span.last_new_id is null
        and (%(misses_no_new_row)s or pgh_after.pgh_id is null)
    )::int
    + 2 * (
        not pgh_reading.was_added
        and not pgh_reading.keeps_old
        and pgh_before.pgh_id is not null
        and not pgh_before.is_deletion
        and not %(misses_no_new_row)s
    )::int
    + 4 * (
        not pgh_reading.was_added
        and not pgh_reading.keeps_old
        and coalesce(pgh_before.is_deletion, true)
        and not %(may_be_added)s
    )::int
    + 8 * coalesce(pgh_before.is_deletion, false)::int as kind,
    row_number() over (order by pgh_span.obj) as place
from
    (
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
            {events} as pgh_own
        where
            pgh_context_id = %(context)s
            and pgh_label = any(%(change)s)
            and {obj} is not null
            {apart}
        group by
            {obj}
        -- What follows is then read in the order in which it lies.
        order by
            {obj}
    ) as pgh_span
    cross join lateral (
        select
            pgh_span.last_delete_id is not null
            and (pgh_span.last_insert_id is null or pgh_span.last_insert_id < pgh_span.last_delete_id) as is_gone,
            pgh_span.first_insert_id is not null
            and (pgh_span.first_old_id is null or pgh_span.first_insert_id < pgh_span.first_old_id) as was_added,
            pgh_span.first_old_id is not null
            and (pgh_span.first_old_id = pgh_span.first_id or %(misses_no_old_row)s) as keeps_old
    ) as pgh_reading
    left join lateral (
        select
            pgh_id,
            pgh_label = any(%(delete)s) as is_deletion
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
    pgh_span.obj
