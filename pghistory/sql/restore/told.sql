-- Whether another event model, which keeps more of the same table, tells of the row as well.
exists (
    select
    from
        {events}
    where
        pgh_context_id = %(context)s
        and {obj}::{key_type} = {asked}::{key_type}
        and pgh_label = any(%({labels})s)
)
