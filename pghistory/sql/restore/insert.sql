-- `offset 0` keeps the planner from reading the whole history for a join.
insert into {table} (
    {columns}
)
overriding system value
select
    {values}
from
    unnest(%s::text[]) with ordinality as pgh_work (base_id, position)
    cross join lateral (
        select
            *
        from
            {events}
        where
            pgh_id = pgh_work.base_id::{id_type}
        offset 0
    ) as pgh_base
order by
    pgh_work.position
