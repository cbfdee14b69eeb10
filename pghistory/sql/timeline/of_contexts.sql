(
    select
        at,
        id,
        {place}
    from
        (
            select {at}, {id} {rest}
            offset 0
        ) as of_contexts (at, id)
    order by
        1{direction},
        2{direction}
    limit {limit}
)
