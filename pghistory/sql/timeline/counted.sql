select
    count(*)
from
    (
        {events}
        limit {limit}
    ) as counted
