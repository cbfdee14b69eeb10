-- Rows that are known: their keys, the ids of their events, and numbers of their kinds.
select
    obj::{key_type} as obj,
    base_id::{id_type} as base_id,
    then_id::{id_type} as then_id,
    kind,
    place
from
    unnest(%(objs)s::text[], %(bases)s::text[], %(thens)s::text[], %(kinds)s::int[])
        with ordinality as pgh_given (obj, base_id, then_id, kind, place)
