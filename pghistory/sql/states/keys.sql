with recursive pgh_step (pgh_key) as (
    (
        select
            {obj}
        from
            {events}
        order by
            {obj}
        limit 1
    )
    union all
    -- One probe of the index a key, where DISTINCT would read every event.
    select
        (
            select
                {obj}
            from
                {events}
            where
                {obj} > pgh_step.pgh_key
            order by
                {obj}
            limit 1
        )
    from
        pgh_step
    where
        pgh_step.pgh_key is not null
)
select
    pgh_key
from
    pgh_step
where
    pgh_key is not null
union
select
    {key}
from
    {table}
