-- The same of one user's contexts, found by the index over them.
(
    select 'item' as of, pgh_id, pgh_created_at
    from shop_itemevent
    where
        pgh_context_id in (
            select id
            from pghistory_context
            where metadata -> 'user' = %(user)s::jsonb
        )
    order by pgh_created_at desc, pgh_id desc
    limit 50
)
union all
(
    select 'category' as of, pgh_id, pgh_created_at
    from shop_categoryevent
    where
        pgh_context_id in (
            select id
            from pghistory_context
            where metadata -> 'user' = %(user)s::jsonb
        )
    order by pgh_created_at desc, pgh_id desc
    limit 50
)
union all
(
    select 'supplier' as of, pgh_id, pgh_created_at
    from shop_supplierevent
    where
        pgh_context_id in (
            select id
            from pghistory_context
            where metadata -> 'user' = %(user)s::jsonb
        )
    order by pgh_created_at desc, pgh_id desc
    limit 50
)
union all
(
    select 'review' as of, pgh_id, pgh_created_at
    from shop_reviewevent
    where
        pgh_context_id in (
            select id
            from pghistory_context
            where metadata -> 'user' = %(user)s::jsonb
        )
    order by pgh_created_at desc, pgh_id desc
    limit 50
)
order by pgh_created_at desc, pgh_id desc
limit 50
