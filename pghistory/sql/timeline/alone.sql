select
    shown.*,
    true
from
    (
        {events}
        where
            {id} in ({wanted})
    ) as shown
