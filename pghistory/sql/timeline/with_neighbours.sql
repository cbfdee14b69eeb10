with shown ({names}) as materialized (
    {events}
    where
        {id} in ({wanted})
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
        {rows}
        where
            {id} in (
                select pgh_neighbour_id
                from shown
                except
                select {key}
                from shown
            )
    ) as neighbour
