(
    select
        looked_at.at,
        looked_at.id,
        {place}
    from
        (
            select {at}, {id}, {context} {rest}
            offset 0
        ) as looked_at (at, id, context_id)
        cross join lateral (
            select
            from pghistory_context
            where
                id = looked_at.context_id
                and metadata -> 'user' = any(%s::jsonb[])
            limit 1
        ) as named
    order by
        1{direction},
        2{direction}
    limit {limit}
)
