insert into {table} (
    {columns}
)
overriding system value
select
    {values}
from
    unnest(%s::text[]) with ordinality as pgh_work (base_id, position)
    join {events} as pgh_base on pgh_base.pgh_id = pgh_work.base_id::{id_type}
order by
    pgh_work.position
