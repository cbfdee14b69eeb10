select
    {columns}
from
    ({keys}) as pgh_wanted (pgh_key)
    {join} lateral (
        select
            *
        from
            {events} as pgh_event
        where
            pgh_event.{obj} = pgh_wanted.pgh_key
            and pgh_event.pgh_created_at <= {instant}
            {newest}
            {counted}
        order by
            pgh_event.pgh_id desc
        limit 1
    ) as pgh_state on true
where
    case
        when pgh_state.pgh_id is not null
        then pgh_state.pgh_label <> all({deletes})
        else {unknown}
    end
{fence}
