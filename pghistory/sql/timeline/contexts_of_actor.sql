(
    select
        id,
        {is_beyond}
    from
        pghistory_context
    where
        metadata -> 'user' = %s::jsonb
        and id {compared} %s
    order by
        id {direction}
    limit {limit}
)
