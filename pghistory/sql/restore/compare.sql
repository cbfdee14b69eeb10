-- Each row as it was (base), as it was left (then) and as it is (now): whether it is there, what it is made of, and a 1
-- for each field in which base and then, then and now, base and now differ.
select
    pgh_now.{key} is not null,
    md5((pgh_now.*)::text),
    array_to_string(array[{changed}]::int[], ''),
    array_to_string(array[{edited}]::int[], ''),
    array_to_string(array[{different}]::int[], '')
from
    unnest(%s::text[], %s::text[], %s::text[]) with ordinality as pgh_work (obj, base_id, then_id, position)
    left join {events} as pgh_base on pgh_base.pgh_id = pgh_work.base_id::{id_type}
    left join {events} as pgh_then on pgh_then.pgh_id = pgh_work.then_id::{id_type}
    left join {table} as pgh_now on pgh_now.{key} = pgh_work.obj::{key_type}
order by
    pgh_work.position
