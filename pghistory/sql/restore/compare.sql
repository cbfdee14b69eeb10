-- Rows as they were (base), as they were left (then) and as they are (now), those together to which the same is done:
-- their kind, whether there is a base and a then, whether they live, a letter for each field in which base and then do or
-- do not differ, and, unless then and now are the same, one for then and now and one for base and now; what stands for all
-- of them, their number, and their keys, bases and thens as arrays. `offset 0` keeps the planner from reading the whole
-- history for a join: each row is looked up by its key. Letters are compared faster than arrays of booleans.
with pgh_work as materialized (
    {work}
),
pgh_compared as materialized (
    select
        pgh_work.*,
        pgh_now.{key} is not null as lives,
        hashtextextended(
            concat_ws(
                ' ',
                pgh_work.obj,
                pgh_work.base_id,
                pgh_work.then_id,
                -- What is as it was left says nothing that its event does not say.
                case when pgh_same.is_same and {keeps_whole} then '=' else (pgh_now.*)::text end
            ),
            0
        ) as image,
        (
            {changed}
            || case when not pgh_same.is_same then {edited} else '' end
        ) collate "C" as differences
    from
        pgh_work
        left join lateral (
            select
                *
            from
                {events}
            where
                pgh_id = pgh_work.base_id
            offset 0
        ) as pgh_base on true
        left join lateral (
            select
                *
            from
                {events}
            where
                pgh_id = pgh_work.then_id
            offset 0
        ) as pgh_then on true
        left join lateral (
            select
                *
            from
                {table}
            where
                {key} = pgh_work.obj
            {held}
        ) as pgh_now on true
        cross join lateral (
            select
                pgh_work.then_id is not null
                and pgh_now.{key} is not null
                and not ({any_edited})
            offset 0
        ) as pgh_same (is_same)
)
select
    kind,
    base_id is not null,
    then_id is not null,
    lives,
    differences,
    bit_xor(image),
    count(*),
    array_agg(obj)::text,
    array_agg(base_id)::text,
    array_agg(then_id)::text
from
    pgh_compared
group by
    (place - 1) / %(together)s,
    kind,
    base_id is not null,
    then_id is not null,
    lives,
    differences
order by
    min(place)
