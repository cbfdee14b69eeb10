with shown ({names}) as materialized (
    select
        each_event.*
    from
        ({wanted}) as wanted (id)
        cross join lateral (
            {events}
            where
                {id} = wanted.id
            limit 1
        ) as each_event
)
select
    shown.*,
    true
from
    shown
union all
select
    neighbour.*,
    {nothing},
    false
from
    (
        select pgh_neighbour_id
        from shown
        except
        select {key}
        from shown
    ) as missing (id)
    cross join lateral (
        {rows}
        where
            {id} = missing.id
        limit 1
    ) as neighbour
