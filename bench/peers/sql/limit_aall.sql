-- The same for every item, as one pass over the table.
select *
from (
    select distinct on (pgh_obj_id) *
    from shop_itemevent
    where pgh_created_at <= %(at)s
    order by pgh_obj_id, pgh_id desc
) as newest
where
    pgh_label <> 'delete'
