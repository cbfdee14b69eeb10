with found (at, id, place) as materialized (
{first}
)
select
    found.*,
    (
        select
            coalesce(sum(abs(newest - oldest)), 0)
        from
            ({ends}) as ends (newest, oldest)
    )
from
    found
