select
    {columns}
from
    (
        select
            *
        from
            {events} as pgh_event
        where
            pgh_event.{obj} = {wanted}
            and pgh_event.pgh_created_at <= {instant}
            {counted}
        order by
            pgh_event.pgh_id desc
        limit 1
    ) as pgh_state
where
    pgh_state.pgh_label <> all({deletes})
