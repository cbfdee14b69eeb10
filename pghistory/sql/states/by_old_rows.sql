select
    {columns}
from
    ({keys}) as pgh_wanted (pgh_key)
    cross join lateral (
        (
            select
                1 as pgh_order,
                pgh_event.pgh_label = any({inserts}) as pgh_absent,
                {stored}
            from
                {events} as pgh_event
            where
                pgh_event.{obj} = pgh_wanted.pgh_key
                and pgh_event.pgh_created_at > {instant}
                and pgh_event.pgh_label = any({told})
            order by
                pgh_event.pgh_id
            limit 1
        )
        union all
        (
            select
                2,
                false,
                {living}
            from
                {table} as pgh_living
            where
                pgh_living.{key} = pgh_wanted.pgh_key
        )
        order by
            1
        limit 1
    ) as pgh_state
where
    not pgh_state.pgh_absent
    and case
        when exists (
            select
            from
                {events} as pgh_event
            where
                pgh_event.{obj} = pgh_wanted.pgh_key
                and pgh_event.pgh_created_at <= {instant}
        )
        then true
        else {unknown}
    end
{fence}
