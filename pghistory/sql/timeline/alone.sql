select
    each_event.*,
    true
from
    ({wanted}) as wanted (id)
    cross join lateral (
        {events}
        where
            {id} = wanted.id
        limit 1
    ) as each_event
