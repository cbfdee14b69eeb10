-- Rows as they were (base), as they were left (then) and as they are (now), those together that are alike: whether they
-- are there, a 1 for each field in which base and then, then and now, base and now differ, what the living rows are made
-- of, and the positions of these rows. `offset 0` keeps the planner from reading
-- the whole history for a join: each row is looked up by its key.
with pgh_compared as materialized (
    select
        pgh_work.position,
        pgh_now.{key} is not null as lives,
        hashtextextended((pgh_now.*)::text, 0) as image,
        array[{changed}]::boolean[] as changed,
        array[{edited}]::boolean[] as edited,
        array[{different}]::boolean[] as different
    from
        unnest(%s::text[], %s::text[], %s::text[]) with ordinality as pgh_work (obj, base_id, then_id, position)
        left join lateral (
            select
                *
            from
                {events}
            where
                pgh_id = pgh_work.base_id::{id_type}
            offset 0
        ) as pgh_base on true
        left join lateral (
            select
                *
            from
                {events}
            where
                pgh_id = pgh_work.then_id::{id_type}
            offset 0
        ) as pgh_then on true
        left join lateral (
            select
                *
            from
                {table}
            where
                {key} = pgh_work.obj::{key_type}
            offset 0
        ) as pgh_now on true
)
select
    lives,
    array_to_string(changed::int[], ''),
    array_to_string(edited::int[], ''),
    array_to_string(different::int[], ''),
    bit_xor(image),
    string_agg(position::text, ',')
from
    pgh_compared
group by
    lives,
    changed,
    edited,
    different
