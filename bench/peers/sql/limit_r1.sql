-- The newest fifty of one item, each beside the one before it: fifty-one rows of one index, compared by lag().
select
    event.pgh_id,
    event.pgh_label,
    event.pgh_created_at,
    event.data,
    (
        select
            jsonb_object_agg(now.key, jsonb_build_array(was.value, now.value))
        from
            jsonb_each(event.data) as now
            join jsonb_each(event.before) as was using (key)
        where
            now.value is distinct from was.value
            and now.key not like 'pgh\_%%'
    ),
    context.metadata
from
    (
        select
            pgh_id,
            pgh_label,
            pgh_created_at,
            pgh_context_id,
            data,
            lead(data) over (order by pgh_id desc) as before
        from
            (
                select *, to_jsonb(shop_itemevent) as data
                from shop_itemevent
                where pgh_obj_id = %(item)s
                order by pgh_id desc
                limit 51
            ) as newest
    ) as event
    left join pghistory_context as context on context.id = event.pgh_context_id
order by
    event.pgh_id desc
limit 50
