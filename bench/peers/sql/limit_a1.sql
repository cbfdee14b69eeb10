-- The last event of one item before an instant, by the index over the object.
select *
from shop_itemevent
where pgh_obj_id = %(item)s and pgh_created_at <= %(at)s
order by pgh_id desc
limit 1
