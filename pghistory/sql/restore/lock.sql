select
    count(*)
from
    (
        select
            1
        from
            {table}
        where
            {key} = any((%s::text[])::{key_type}[])
        order by
            {key}
        for update
    ) as pgh_locked
