-- The same for a thousand items.
select event.*
from
    generate_series(2, 1001) as wanted (item)
    cross join lateral (
        select *
        from shop_itemevent
        where pgh_obj_id = wanted.item and pgh_created_at <= %(at)s
        order by pgh_id desc
        limit 1
    ) as event
where
    event.pgh_label <> 'delete'
