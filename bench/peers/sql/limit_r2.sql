-- The newest fifty of each table by its index over time, and of these the newest fifty.
(
    select 'item' as of, pgh_id, pgh_created_at
    from shop_itemevent
    order by pgh_created_at desc, pgh_id desc
    limit 50
)
union all
(
    select 'category' as of, pgh_id, pgh_created_at
    from shop_categoryevent
    order by pgh_created_at desc, pgh_id desc
    limit 50
)
union all
(
    select 'supplier' as of, pgh_id, pgh_created_at
    from shop_supplierevent
    order by pgh_created_at desc, pgh_id desc
    limit 50
)
union all
(
    select 'review' as of, pgh_id, pgh_created_at
    from shop_reviewevent
    order by pgh_created_at desc, pgh_id desc
    limit 50
)
order by pgh_created_at desc, pgh_id desc
limit 50
