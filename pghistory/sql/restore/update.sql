update {table} as pgh_now
set
    {assignments}
from
    unnest(%s::text[], %s::text[]) as pgh_work (obj, base_id)
    join {events} as pgh_base on pgh_base.pgh_id = pgh_work.base_id::{id_type}
where
    pgh_now.{key} = pgh_work.obj::{key_type}
