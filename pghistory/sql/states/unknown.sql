-- A row that is not known is no row that is not there: an error, with the words where a boolean is read.
coalesce(
    (
        select
            case
                when pgh_first.pgh_label = any({inserts})
                then false
                else concat({refusal}, pgh_wanted.pgh_key)::boolean
            end
        from
            (
                select
                    pgh_event.pgh_label
                from
                    {events} as pgh_event
                where
                    pgh_event.{obj} = pgh_wanted.pgh_key
                order by
                    pgh_event.pgh_id
                limit 1
            ) as pgh_first
    ),
    (
        select
            concat({refusal}, pgh_wanted.pgh_key)::boolean
        from
            {table} as pgh_living
        where
            pgh_living.{key} = pgh_wanted.pgh_key
    ),
    false
)
