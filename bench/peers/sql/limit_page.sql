-- A page by hand: the keys first, and only for these the rows, those before them, what differs and the context.
with newest as materialized (
-- newest
),
page (of, pgh_id, pgh_created_at, data, before, context) as materialized (
select
    newest.of,
    newest.pgh_id,
    newest.pgh_created_at,
    to_jsonb(event),
    to_jsonb(previous),
    context.metadata
from
    newest
    join shop_itemevent as event using (pgh_id)
    left join lateral (
        select *
        from shop_itemevent as earlier
        where earlier.pgh_obj_id = event.pgh_obj_id and earlier.pgh_id < event.pgh_id
        order by earlier.pgh_id desc
        limit 1
    ) as previous on true
    left join pghistory_context as context on context.id = event.pgh_context_id
where
    newest.of = 'item'
union all
select
    newest.of,
    newest.pgh_id,
    newest.pgh_created_at,
    to_jsonb(event),
    to_jsonb(previous),
    context.metadata
from
    newest
    join shop_categoryevent as event using (pgh_id)
    left join lateral (
        select *
        from shop_categoryevent as earlier
        where earlier.pgh_obj_id = event.pgh_obj_id and earlier.pgh_id < event.pgh_id
        order by earlier.pgh_id desc
        limit 1
    ) as previous on true
    left join pghistory_context as context on context.id = event.pgh_context_id
where
    newest.of = 'category'
union all
select
    newest.of,
    newest.pgh_id,
    newest.pgh_created_at,
    to_jsonb(event),
    to_jsonb(previous),
    context.metadata
from
    newest
    join shop_supplierevent as event using (pgh_id)
    left join lateral (
        select *
        from shop_supplierevent as earlier
        where earlier.pgh_obj_id = event.pgh_obj_id and earlier.pgh_id < event.pgh_id
        order by earlier.pgh_id desc
        limit 1
    ) as previous on true
    left join pghistory_context as context on context.id = event.pgh_context_id
where
    newest.of = 'supplier'
union all
select
    newest.of,
    newest.pgh_id,
    newest.pgh_created_at,
    to_jsonb(event),
    to_jsonb(previous),
    context.metadata
from
    newest
    join shop_reviewevent as event using (pgh_id)
    left join lateral (
        select *
        from shop_reviewevent as earlier
        where earlier.pgh_obj_id = event.pgh_obj_id and earlier.pgh_id < event.pgh_id
        order by earlier.pgh_id desc
        limit 1
    ) as previous on true
    left join pghistory_context as context on context.id = event.pgh_context_id
where
    newest.of = 'review'
)
select
    page.*,
    (
        select
            jsonb_object_agg(now.key, jsonb_build_array(was.value, now.value))
        from
            jsonb_each(page.data) as now
            join jsonb_each(page.before) as was using (key)
        where
            now.value is distinct from was.value
            and now.key not like 'pgh\_%%'
    )
from
    page
order by
    pgh_created_at desc,
    pgh_id desc
