select
    {columns}
from
    (
        select distinct on ({mirrored})
            *
        from
            {events} as pgh_event
        where
            pgh_event.pgh_created_at <= {instant}
            {counted}
        order by
            {mirrored},
            pgh_event.pgh_id desc
    ) as pgh_state
where
    pgh_state.pgh_label <> all({deletes})
