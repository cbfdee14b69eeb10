-- `offset 0` keeps the planner from reading the whole history for a join.
update {table} as pgh_now
set
    {assignments}
from
    unnest(%s::text[], %s::text[]) as pgh_work (obj, base_id)
    cross join lateral (
        select
            *
        from
            {events}
        where
            pgh_id = pgh_work.base_id::{id_type}
        offset 0
    ) as pgh_base
where
    pgh_now.{key} = pgh_work.obj::{key_type}
