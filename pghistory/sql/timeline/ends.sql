select
    (select {id} {rest} order by {at} desc, {id} desc limit 1),
    (select {id} {rest} order by {at}, {id} limit 1)
