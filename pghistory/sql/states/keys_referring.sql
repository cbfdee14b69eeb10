select
    {obj}
from
    {events}
where
    {mirrored} in ({wanted})
union
select
    {key}
from
    {table}
where
    {column} in ({wanted})
